// A track's page follows the player: the arc of its feeling shows where it is, its words show the line that is sung.
import { mount } from "./frame/mount";
import { deck } from "./frame/player/index";

mount("[data-follow]", (place) => {
  if (!deck) return;
  const player = deck;
  const id = Number(place.dataset["follow"]);
  const lines = [...place.querySelectorAll<HTMLElement>("[data-at]")].map((line): [number, HTMLElement] => [
    Number(line.dataset["at"]),
    line.closest("li") ?? line,
  ]);
  const here = place.querySelector("line.here");
  const picture = place.querySelector("svg");
  const length = (): number => Number(place.dataset["ms"]) || 1000 * player.length;

  const show = (): void => {
    const playing = player.track?.id === id;
    place.classList.toggle("now", playing);
    if (here && playing && length() > 0) {
      const x = String((600 * Math.min(1, (1000 * player.second) / length())).toFixed(1));
      here.setAttribute("x1", x);
      here.setAttribute("x2", x);
    }
    let now: HTMLElement | null = null;
    if (playing) for (const [at, line] of lines) if (at <= 1000 * player.second + 150) now = line;
    for (const [, line] of lines) {
      const sung = line === now;
      if (sung === line.classList.contains("now")) continue;
      line.classList.toggle("now", sung);
      if (sung) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
  };
  const seek = (event: MouseEvent): void => {
    if (!picture || player.vow || player.track?.id !== id) return;
    const box = picture.getBoundingClientRect();
    player.seek(((event.clientX - box.left) / box.width) * (length() / 1000));
  };
  picture?.addEventListener("click", seek);
  for (const name of ["time", "track", "state"]) player.addEventListener(name, show);
  show();
  return () => {
    for (const name of ["time", "track", "state"]) player.removeEventListener(name, show);
  };
});

mount("[data-play-first]", (button) => {
  const first = document.querySelector<HTMLElement>(`${button.dataset["playFirst"] ?? ""} [data-play]`);
  if (!first || !deck) return;
  button.hidden = false;
  button.addEventListener("click", () => first.click());
});
