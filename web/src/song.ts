// The page of a song that was made here; its script is fetched when such a page is opened.
import { mount } from "./frame/mount";
import { clock, deck, trackOf } from "./frame/player/index";

mount("[data-song]", (root) => {
  let end: (() => void) | null = null;
  let gone = false;
  void import("./song/page").then(async ({ begin }) => {
    const ending = await begin(root, { deck, clock, trackOf });
    if (gone) ending();
    else end = ending;
  });
  return () => {
    gone = true;
    end?.();
  };
});
