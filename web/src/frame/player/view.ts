// What the player shows, and what its buttons, the keyboard and the machine's media keys do.
import { toast } from "../dialogs";
import type { Deck } from "./deck";
import { clock, type Line, type Mark, type Track } from "./track";

const SKIP = 10;
const SVG = "http://www.w3.org/2000/svg";

export function showDeck(deck: Deck, root: HTMLElement): void {
  const all = <T extends Element = HTMLElement>(selector: string): T[] => [...root.querySelectorAll<T>(selector)];
  const sheet = root.querySelector("dialog") as HTMLDialogElement;
  const thread = root.querySelector("progress") as HTMLProgressElement;
  const seeks = all<HTMLInputElement>("[data-seek]");
  const volume = root.querySelector("[data-volume]") as HTMLInputElement;
  let dragging = false;
  let lines: [number, HTMLElement][] = [];
  let shown: Track | null = null;

  const actions: Record<string, () => void> = {
    open: () => sheet.showModal(),
    close: () => sheet.close(),
    toggle: () => deck.toggle(),
    next: () => deck.next(),
    previous: () => deck.previous(),
    back: () => deck.seek(deck.second - SKIP),
    forward: () => deck.seek(deck.second + SKIP),
    stop: () => deck.stop(),
  };
  root.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-do]");
    if (button) actions[button.dataset["do"] ?? ""]?.();
    if ((event.target as Element).closest(".player-sheet a")) {
      sheet.close();
      (document.activeElement as HTMLElement | null)?.blur(); // it goes on to the page that was asked for
    }
  });
  for (const seek of seeks) {
    seek.addEventListener("input", () => {
      dragging = true;
      for (const each of all("[data-now]")) each.textContent = clock(Number(seek.value));
    });
    seek.addEventListener("change", () => {
      dragging = false;
      deck.seek(Number(seek.value));
    });
  }
  const sayVolume = (): void => volume.setAttribute("aria-valuetext", `${Math.round(100 * Number(volume.value))} %`);
  volume.addEventListener("input", () => {
    deck.setVolume(Number(volume.value));
    sayVolume();
    localStorage.setItem("senandung.volume", volume.value);
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !deck.track) return;
    if (event.key === "Escape" && deck.vow) {
      event.preventDefault();
      deck.stop();
      return;
    }
    const at = event.target as HTMLElement;
    if (at.matches("input, textarea, select, button, a, summary, [role=slider], [contenteditable]")) return;
    const keys: Record<string, string> = { " ": "toggle", k: "toggle", j: "back", l: "forward", N: "next", P: "previous" };
    const name = keys[event.key];
    if (!name) return;
    event.preventDefault();
    actions[name]?.();
  });

  function showTrack(): void {
    const track = deck.track;
    root.hidden = track === null;
    root.toggleAttribute("data-vow", deck.vow !== null);
    if (!track && sheet.open) sheet.close();
    markRows(deck);
    if (!track) {
      shown = null;
      return;
    }
    for (const each of all("[data-title]")) each.textContent = track.title;
    for (const each of all("[data-artist]")) each.textContent = track.artist;
    for (const each of all("[data-cover]")) showCover(each, track);
    for (const each of all<HTMLAnchorElement>("[data-track-link]")) each.href = `/track/${track.id}`;
    for (const each of all<HTMLButtonElement>("[data-do=next]")) each.disabled = deck.at + 1 >= deck.queue.length;
    showQueue();
    session();
    if (shown?.id !== track.id) void showMore(track);
    shown = track;
  }

  function showTime(): void {
    const { second, length } = deck;
    const known = Number.isFinite(length) && length > 0;
    thread.value = known ? Math.min(1, second / length) : 0;
    for (const each of all("[data-length]")) each.textContent = clock(length);
    if (!dragging) {
      for (const each of all("[data-now]")) each.textContent = clock(second);
      for (const seek of seeks) {
        seek.max = known ? String(Math.ceil(length)) : "1";
        seek.value = String(Math.floor(second));
        seek.setAttribute("aria-valuetext", `${clock(second)} / ${clock(length)}`);
      }
    }
    const remember = root.querySelector<HTMLAnchorElement>("[data-remember]");
    if (remember && deck.track) remember.href = `/memories/new?track=${deck.track.id}&t=${Math.floor(second)}`;
    showLine(second * 1000);
    if ("mediaSession" in navigator && known && second <= length) {
      navigator.mediaSession.setPositionState({ duration: length, position: second, playbackRate: 1 });
    }
  }

  function showState(): void {
    root.dataset["state"] = deck.playing ? "playing" : "paused";
    root.toggleAttribute("data-vow", deck.vow !== null);
    if ("mediaSession" in navigator) navigator.mediaSession.playbackState = deck.playing ? "playing" : deck.track ? "paused" : "none";
    markRows(deck);
  }

  function session(): void {
    const { track } = deck;
    if (!("mediaSession" in navigator) || !track) return;
    const artwork = track.cover ? [{ src: `/cover/${track.cover}?side=480` }] : [];
    navigator.mediaSession.metadata = new MediaMetadata({ title: track.title, artist: track.artist, artwork });
    const free = deck.vow === null;
    const set = (name: MediaSessionAction, run: MediaSessionActionHandler | null): void => {
      try {
        navigator.mediaSession.setActionHandler(name, run);
      } catch {
        /* not every browser knows every action */
      }
    };
    set("play", () => deck.go());
    set("pause", () => deck.audio.pause());
    set("stop", () => deck.stop());
    set("nexttrack", free ? () => deck.next() : null);
    set("previoustrack", free ? () => deck.previous() : null);
    set("seekbackward", free ? (details) => deck.seek(deck.second - (details.seekOffset ?? SKIP)) : null);
    set("seekforward", free ? (details) => deck.seek(deck.second + (details.seekOffset ?? SKIP)) : null);
    set("seekto", free ? (details) => deck.seek(details.seekTime ?? deck.second) : null);
  }

  function showQueue(): void {
    const place = root.querySelector<HTMLElement>("[data-queue-shown]");
    const list = place?.querySelector("ol");
    if (!place || !list) return;
    const coming = deck.queue.slice(deck.at + 1, deck.at + 31);
    place.hidden = coming.length === 0;
    list.replaceChildren(
      ...coming.map((track, step) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "row-main" });
        const name = Object.assign(document.createElement("span"), { className: "name", textContent: track.title });
        button.append(name, Object.assign(document.createElement("small"), { textContent: track.artist }));
        const at = deck.at + 1 + step;
        button.addEventListener("click", () => deck.pick(at));
        const row = document.createElement("li");
        row.append(button);
        return row;
      }),
    );
  }

  async function showMore(track: Track): Promise<void> {
    const place = root.querySelector<HTMLElement>("[data-lyrics]");
    const marks = root.querySelector<HTMLElement>("[data-marks]");
    lines = [];
    place?.replaceChildren();
    marks?.replaceChildren();
    if (place) place.hidden = true;
    if (track.src) return;
    const [words, kept] = await Promise.all([ask<Line[]>(`/track/${track.id}/lyrics`), ask<Mark[]>(`/track/${track.id}/marks`)]);
    if (deck.track?.id !== track.id) return;
    if (place && words?.length) showLyrics(place, words);
    if (marks && kept?.length) showMarks(marks, kept, track);
  }

  function showLyrics(place: HTMLElement, words: Line[]): void {
    place.hidden = false;
    place.replaceChildren(
      ...words.map(([start, text]) => {
        const line = document.createElement(start === null ? "p" : "button");
        line.textContent = text || "·";
        if (start !== null) {
          (line as HTMLButtonElement).type = "button";
          line.addEventListener("click", () => deck.seek(start / 1000));
          lines.push([start, line]);
        }
        return line;
      }),
    );
  }

  function showLine(milliseconds: number): void {
    const now = lines.findLast(([start]) => start <= milliseconds + 150)?.[1];
    for (const [, line] of lines) {
      if (line === now && !line.classList.contains("now") && sheet.open && deck.playing) line.scrollIntoView({ block: "center" });
      line.classList.toggle("now", line === now);
      if (line === now) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
  }

  function showMarks(place: HTMLElement, kept: Mark[], track: Track): void {
    const length = (track.ms ?? deck.length * 1000) || 1;
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("role", "group");
    drawing.setAttribute("aria-label", root.dataset["mark"] ?? "");
    for (const mark of kept) {
      const link = document.createElementNS(SVG, "a");
      link.setAttribute("href", mark.address ?? `/track/${track.id}?t=${Math.floor(mark.start_ms / 1000)}`);
      link.setAttribute("class", mark.kind);
      const name = document.createElementNS(SVG, "title");
      name.textContent = `${clock(mark.start_ms / 1000)} ${mark.label}`;
      const dot = document.createElementNS(SVG, "circle");
      dot.setAttribute("cx", `${(100 * Math.min(1, mark.start_ms / length)).toFixed(2)}%`);
      dot.setAttribute("cy", "60%");
      dot.setAttribute("r", "5.5");
      link.append(name, dot);
      link.addEventListener("click", (event) => {
        event.preventDefault();
        event.stopPropagation();
        deck.seek(mark.start_ms / 1000);
      });
      drawing.append(link);
    }
    place.replaceChildren(drawing);
  }

  const kept = Number(localStorage.getItem("senandung.volume") ?? "1");
  deck.setVolume(kept >= 0 && kept <= 1 ? kept : 1);
  volume.value = String(deck.volume);
  sayVolume();
  deck.addEventListener("track", showTrack);
  deck.addEventListener("time", showTime);
  deck.addEventListener("state", showState);
  deck.addEventListener("broken", () => toast((navigator.onLine ? root.dataset["noSound"] : root.dataset["noNetwork"]) ?? ""));
  document.addEventListener("page:shown", () => markRows(deck));
}

function showCover(place: Element, track: Track): void {
  if (!track.cover) {
    place.querySelector("img")?.remove();
    return;
  }
  const image = place.querySelector("img") ?? document.createElement("img");
  image.alt = "";
  image.src = `/cover/${track.cover}?side=480`;
  place.prepend(image);
}

/** Show in the page's lists which track is on. */
function markRows(deck: Deck): void {
  for (const row of document.querySelectorAll<HTMLElement>("[data-track-id]")) {
    const on = row.dataset["trackId"] === String(deck.track?.id ?? "");
    row.classList.toggle("now", on);
  }
}

async function ask<T>(address: string): Promise<T | null> {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? ((await answer.json()) as T) : null;
  } catch {
    return null;
  }
}
