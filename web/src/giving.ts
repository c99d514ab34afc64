// Giving and receiving: a link is copied; a received song begins at its second, and its words follow.
import { mount } from "./frame/mount";

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
