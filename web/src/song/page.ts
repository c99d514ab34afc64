// A song's page follows the player: words, sections, chord, arc, piano roll and score; its parts can be muted.
import { follow, last, type Followed } from "../../../src/senandung/drawing/follow.js";
import type * as Frame from "../frame/player/index";
import { startMixer } from "./mixer";
import { startRoll } from "./roll";

export interface SongData extends Followed {
  bars: number[];
  tracks: { name: string; role: string; drum: boolean; notes: [number, number, number][] }[];
  stems: string[];
  /** Seconds of a stem that are fetched at a time. */
  window: number;
}

/** Where the player stands in a song of the page. */
export interface Place {
  time(): number;
  playing(): boolean;
  go(time: number, plays: boolean): void;
}

const UNTOUCHED_MS = 4000;

/** The player comes in by argument: what both scripts import would be a third file, which every page would wait for. */
export async function begin(root: HTMLElement, { deck: player, clock, trackOf }: Pick<typeof Frame, "deck" | "clock" | "trackOf">): Promise<() => void> {
  const number = Number(root.dataset["song"]);
  const button = root.querySelector<HTMLButtonElement>("[data-song-play]");
  if (!player || !button) return () => undefined;
  const answer = await fetch(`/songs/${number}/data`);
  if (!answer.ok) return () => undefined;
  const data = (await answer.json()) as SongData;
  const track: Frame.Track = trackOf(button);
  const mine = (): boolean => player.track?.id === number;
  let wanted = 0;
  const place: Place = {
    time: () => (mine() ? player.second : wanted),
    playing: () => mine() && player.playing,
    go: (time, plays) => {
      const second = Math.min(Math.max(0, time), data.seconds);
      if (mine()) {
        player.seek(second);
        if (plays && !player.playing) player.go();
      } else if (plays) player.playAll([track], 0, "playbtn", second);
      else wanted = second;
      touched = 0;
      show();
    },
  };

  const paint = follow(root, data);
  const head = root.querySelector<SVGLineElement>("[data-head]");
  const now = root.querySelector<HTMLElement>("[data-now]");
  const moving: ((time: number) => void)[] = [];
  let touched = 0;
  let frame = 0;
  const show = (): void => {
    const time = place.time();
    paint(time, place.playing() && Date.now() - touched > UNTOUCHED_MS);
    const x = String(Math.min(1000, (1000 * time) / data.seconds));
    head?.setAttribute("x1", x);
    head?.setAttribute("x2", x);
    if (now) now.textContent = clock(time);
    moving.forEach((move) => move(time));
  };
  const tick = (): void => {
    show();
    frame = place.playing() ? requestAnimationFrame(tick) : 0;
  };
  const state = (): void => {
    const playing = place.playing();
    root.classList.toggle("playing", playing);
    button.setAttribute("aria-label", (playing ? button.dataset["on"] : button.dataset["off"]) ?? "");
    if (playing && !frame) tick();
    else if (!playing) show();
  };

  // The player's own script begins a song anew on every press; here the button is for pausing too.
  const toggle = (event: Event): void => {
    if (!mine()) return;
    event.stopImmediatePropagation();
    player.toggle();
  };
  button.addEventListener("click", toggle, { capture: true });
  const sections = [...root.querySelectorAll<HTMLElement>("[data-section]")];
  sections.forEach((section, at) => {
    const start = data.sections[at]?.[0] ?? 0;
    section.style.flexGrow = String(Math.max((data.sections[at + 1]?.[0] ?? data.seconds) - start, 0.1));
    section.addEventListener("click", () => place.go(start, true));
  });
  root.querySelectorAll<HTMLElement>("button.line").forEach((line) => {
    line.addEventListener("click", () => place.go(Number(line.dataset["start"]), true));
  });
  const arc = root.querySelector<SVGSVGElement>(".song-arc svg");
  arc?.addEventListener("click", (event) => {
    const box = arc.getBoundingClientRect();
    place.go((data.seconds * (event.clientX - box.left)) / box.width, true);
  });

  const roll = root.querySelector<HTMLDetailsElement>("[data-roll]");
  const canvas = roll?.querySelector("canvas");
  if (roll && canvas) {
    const move = startRoll(canvas, data, place);
    moving.push((time) => {
      if (roll.open) move(time);
    });
    roll.addEventListener("toggle", () => show());
  }
  root.querySelectorAll<HTMLDetailsElement>("[data-sheets]").forEach((fold) => {
    const fill = async (): Promise<void> => {
      const put = fold.querySelector("[data-put]");
      const address = fold.dataset["sheets"];
      if (!fold.open || !put || !address || put.classList.contains("filled")) return;
      put.classList.add("filled");
      put.setAttribute("aria-busy", "true");
      const sheets = await fetch(address);
      if (sheets.ok) put.innerHTML = await sheets.text();
      put.removeAttribute("aria-busy");
      put.querySelectorAll<SVGSVGElement>(".sheets svg").forEach(cut);
      const measures = [...put.querySelectorAll<SVGGElement>(".score g.measure")];
      if (measures.length) moving.push(followMeasures(measures, data, fold));
      measures.forEach((measure, at) => measure.addEventListener("click", () => place.go(data.bars[at] ?? 0, true)));
      show();
    };
    fold.addEventListener("toggle", () => void fill());
  });
  const mixer = root.querySelector<HTMLDetailsElement>("[data-mixer]");
  const endMixer = mixer ? startMixer(mixer, number, data, player, mine) : null;

  const hands = (): void => {
    touched = Date.now();
  };
  const names = ["track", "state", "time"];
  names.forEach((name) => player.addEventListener(name, state));
  window.addEventListener("wheel", hands, { passive: true });
  window.addEventListener("touchmove", hands, { passive: true });
  state();
  root.dataset["ready"] = "yes";
  return () => {
    names.forEach((name) => player.removeEventListener(name, state));
    window.removeEventListener("wheel", hands);
    window.removeEventListener("touchmove", hands);
    cancelAnimationFrame(frame);
    endMixer?.();
  };
}

/** An engraved page without the empty paper above its foot; what stands in the foot is said by this page too. */
function cut(sheet: SVGSVGElement): void {
  const box = sheet.getBoundingClientRect();
  const drawn = [...sheet.querySelectorAll("path, rect, text, use, polygon")].filter((each) => !each.closest("defs"));
  const bottoms = drawn.map((each) => each.getBoundingClientRect()).filter((each) => each.height > 0 && each.top < box.top + 0.93 * box.height);
  if (!bottoms.length || !box.height) return;
  const share = Math.min(1, (Math.max(...bottoms.map((each) => each.bottom)) - box.top) / box.height + 0.03);
  // verovio draws in a box of its own inside the page
  for (const each of [sheet, ...sheet.querySelectorAll<SVGSVGElement>("svg")]) {
    const { x, y, width, height } = each.viewBox.baseVal;
    each.setAttribute("viewBox", `${x} ${y} ${width} ${height * share}`);
  }
}

/** Marks the bar that sounds in an engraved score, whose bars stand in order. */
function followMeasures(measures: SVGGElement[], data: SongData, fold: HTMLDetailsElement): (time: number) => void {
  let shown = -1;
  return (time) => {
    if (!fold.open) return;
    const at = time > 0 ? Math.min(last(data.bars.map((start) => [start]), time + 0.02, 0), measures.length - 1) : -1;
    if (at === shown) return;
    measures[shown]?.classList.remove("now");
    measures[at]?.classList.add("now");
    shown = at;
  };
}
