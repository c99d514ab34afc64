// The player of every page. Areas use `deck` (what plays) and `Track`; what is to be played they write as
// `data-play` (frame/ui.html) and need no script for it.
import { mount } from "../mount";
import { Deck } from "./deck";
import { tellWhatWaits } from "./reports";
import type { Track } from "./track";
import { showDeck } from "./view";

export type { Vow } from "./deck";
export type { Track } from "./track";
export { clock } from "./track";

const root = document.getElementById("player");
const audio = root?.querySelector("audio") ?? null;

/** What plays; null where nobody came in. */
export const deck: Deck | null = audio ? new Deck(audio) : null;

/** The track that a button of `ui.playable` names. */
export function trackOf(element: HTMLElement): Track {
  return JSON.parse(element.dataset["play"] ?? "null") as Track;
}

if (deck && root) {
  showDeck(deck, root);
  deck.restore();
  tellWhatWaits();
  mount("[data-play]", (button) => {
    const click = (): void => {
      if (deck.vow) return;
      const track = trackOf(button);
      const list = button.closest("[data-queue]");
      const same = deck.track?.id === track.id && !button.dataset["at"];
      if (same && list) {
        deck.toggle();
        return;
      }
      const buttons = list ? [...list.querySelectorAll<HTMLElement>("[data-play]")] : [button];
      const second = Number(button.dataset["at"] ?? 0) / 1000;
      deck.playAll(buttons.map(trackOf), buttons.indexOf(button), list ? "clickrow" : "playbtn", second);
    };
    button.addEventListener("click", click);
  });
}
