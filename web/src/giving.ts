// Giving and receiving: a link is copied; a received song begins at its second, and its words follow.
import { toast } from "./frame/dialogs";
import { mount } from "./frame/mount";
import { csrfToken } from "./frame/navigation";

mount("[data-copy]", (button) => {
  const from = document.querySelector<HTMLElement>(button.dataset["copy"] ?? "");
  if (!from || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    void navigator.clipboard.writeText(from.textContent ?? "").then(() => {
      const text = button.querySelector("span");
      if (text) text.textContent = button.dataset["copied"] ?? "";
    });
  });
});

// A file that a form makes: it comes down, and the page stays as it is.
mount("button[data-download]", (button) => {
  if (!(button instanceof HTMLButtonElement)) return;
  button.addEventListener("click", (event) => {
    const form = button.form;
    if (!form) return;
    event.preventDefault();
    button.disabled = true;
    void fetch(button.formAction, { method: "POST", body: new FormData(form), headers: { "X-CSRF-Token": csrfToken() } })
      .then(async (answer) => {
        const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
        if (!answer.ok || !name) {
          toast(button.dataset["failed"] ?? "");
          return;
        }
        const address = URL.createObjectURL(await answer.blob());
        Object.assign(document.createElement("a"), { href: address, download: name }).click();
        setTimeout(() => URL.revokeObjectURL(address), 60000);
      })
      .catch(() => toast(button.dataset["failed"] ?? ""))
      .finally(() => {
        button.disabled = false;
      });
  });
});

mount("[data-gift]", (place) => {
  const audio = place.querySelector<HTMLAudioElement>(".gift-song audio");
  if (!audio) return;
  const start = Number(place.dataset["start"] ?? 0) / 1000;
  const lines = [...place.querySelectorAll<HTMLElement>("[data-ms]")].map((line): [number, HTMLElement] => [Number(line.dataset["ms"]), line]);
  const begin = (): void => {
    if (start > 0 && audio.currentTime < 0.1) audio.currentTime = start;
  };
  if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) begin();
  else audio.addEventListener("loadedmetadata", begin, { once: true });
  audio.addEventListener("timeupdate", () => {
    const now = lines.findLast(([at]) => at <= 1000 * audio.currentTime + 150)?.[1];
    for (const [, line] of lines) line.classList.toggle("now", line === now && !audio.ended);
  });
  for (const [at, line] of lines) {
    line.addEventListener("click", () => {
      audio.currentTime = at / 1000;
      void audio.play().catch(() => undefined);
    });
  }
  audio.addEventListener("error", () => {
    const said = place.querySelector<HTMLElement>("[data-lost]");
    if (said) said.textContent = said.dataset["lost"] ?? "";
  });
});
