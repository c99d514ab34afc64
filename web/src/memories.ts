// The form of a memory: a point of the plane that was moved is kept; the player says the moment.
import { mount } from "./frame/mount";
import { clock, deck } from "./frame/player/index";

mount("[data-point]", (place) => {
  const check = place.querySelector<HTMLInputElement>("input[type=checkbox][name$=felt]");
  for (const range of place.querySelectorAll<HTMLInputElement>("input[type=range]")) {
    range.addEventListener("input", () => {
      if (check) check.checked = true;
    });
  }
});

mount("[data-now-moment]", (button) => {
  const player = deck;
  const start = button.closest("form")?.querySelector<HTMLInputElement>("input[name=start]");
  if (!player || !start) return;
  const track = Number(button.dataset["nowMoment"]);
  const show = (): void => {
    button.hidden = player.track?.id !== track;
  };
  button.addEventListener("click", () => {
    start.value = clock(player.second);
  });
  player.addEventListener("track", show);
  show();
  return () => player.removeEventListener("track", show);
});
