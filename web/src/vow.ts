// Listening with a vow: the page around the player's own vow (frame/player/deck.ts). Leaving is told, and never counted.
import { mount } from "./frame/mount";
import { post } from "./frame/navigation";
import { clock, deck, type Track } from "./frame/player/index";

interface Told {
  address: string;
}

/** The listening that goes on, wherever the page is meanwhile. */
let going: { address: string; heard: number } | null = null;

function tell(how: "heard" | "stopped" | "left", heard: number): Promise<Response | null> {
  const told = going;
  going = null;
  if (!told) return Promise.resolve(null);
  return post(told.address, { how, heard_ms: Math.round(heard) }, true).catch(() => null);
}

async function ended(how: "heard" | "stopped", heard: number): Promise<void> {
  const here = document.querySelector("[data-vow]") !== null;
  const answer = await tell(how, heard);
  if (!here || !answer?.ok) return;
  location.assign(((await answer.json()) as Told).address);
}

addEventListener("pagehide", () => void tell("left", going?.heard ?? 0));

mount("[data-vow]", (place) => {
  if (!deck) return;
  const player = deck;
  const track = JSON.parse(place.dataset["track"] ?? "null") as Track;
  const find = <T extends HTMLElement>(name: string): T | null => place.querySelector<T>(`[data-${name}]`);
  const [begin, pause, chills, stop, time, said] = ["begin", "pause", "chills", "stop", "time", "said"].map((name) => find(name));
  const text = pause?.querySelector<HTMLElement>("[data-text]");
  if (!begin || !pause || !chills || !stop || !time || !said || !text) return;
  const pauseWord = text.textContent ?? "";
  const mine = (): boolean => player.vow !== null && player.track?.id === track.id;

  const show = (): void => {
    const on = mine();
    begin.hidden = on;
    pause.hidden = chills.hidden = !on;
    text.textContent = player.playing ? pauseWord : (pause.dataset["on"] ?? "");
    place.classList.toggle("playing", on && player.playing);
    if (on) {
      time.textContent = `${clock(player.second)} / ${clock(player.length)}`;
      if (going) going.heard = 1000 * player.second;
    }
  };
  begin.addEventListener("click", () => {
    if (mine()) return;
    going = { address: `${location.pathname}/ended`, heard: 0 };
    player.promise(track, {
      volume: Number(place.dataset["volume"] ?? 1),
      heard: (ms) => void ended("heard", ms),
      stopped: (ms) => void ended("stopped", ms),
    });
    show();
    stop.focus();
  });
  pause.addEventListener("click", () => player.toggle());
  stop.addEventListener("click", () => {
    if (mine()) player.stop();
    else {
      going ??= { address: `${location.pathname}/ended`, heard: 0 };
      void ended("stopped", 0);
    }
  });
  chills.addEventListener("click", () => {
    const start = Math.round(1000 * player.second);
    void post(`/track/${track.id}/chills`, { start_ms: start, vow: Number(place.dataset["vow"]) }).then((answer) => {
      if (answer.ok) said.textContent = (said.dataset["marked"] ?? "").replace("{moment}", clock(start / 1000));
    });
  });
  // Escape stops from wherever the focus is, a button too; the player's own keys leave buttons alone.
  const key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented || !mine()) return;
    event.preventDefault();
    player.stop();
  };
  document.addEventListener("keydown", key);
  for (const name of ["time", "track", "state"]) player.addEventListener(name, show);
  show();
  return () => {
    document.removeEventListener("keydown", key);
    for (const name of ["time", "track", "state"]) player.removeEventListener(name, show);
  };
});
