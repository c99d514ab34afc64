// The service worker, where the browser allows one (HTTPS or this machine), and songs pinned to hear without a network.
//
// `<button data-pin="{{ ui.playable(track) }}">`: pressed (aria-pressed) while the song is on this device.
import { toast } from "./dialogs";
import { mount } from "./mount";
import { soundOf, type Track } from "./player/track";

const SONGS = "songs-1";

if ("serviceWorker" in navigator && window.isSecureContext) {
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => undefined));
}

mount("[data-pin]", (button) => {
  const track = JSON.parse(button.dataset["pin"] ?? "null") as Track;
  if (!("caches" in window) || !window.isSecureContext) {
    button.hidden = true;
    return;
  }
  const addresses = [soundOf(track), ...(track.cover ? [`/cover/${track.cover}`] : [])];
  const show = async (): Promise<void> => {
    const kept = await (await caches.open(SONGS)).match(soundOf(track));
    button.setAttribute("aria-pressed", kept ? "true" : "false");
  };
  button.addEventListener("click", () => {
    void (async () => {
      const cache = await caches.open(SONGS);
      button.setAttribute("aria-busy", "true");
      try {
        if (await cache.match(soundOf(track))) for (const each of addresses) await cache.delete(each);
        // past the browser's own cache: Firefox answers from it with the part (206) that the player asked for
        else await cache.addAll(addresses.map((each) => new Request(each, { cache: "reload" })));
      } catch {
        toast(button.dataset["failed"] ?? "");
      } finally {
        button.removeAttribute("aria-busy");
        await show();
      }
    })();
  });
  void show();
});

/** Forget every pinned song of this device; on the page of those who are out, they are no longer theirs to hear. */
if (document.querySelector("[data-nobody]") && "caches" in window) void caches.delete(SONGS);
