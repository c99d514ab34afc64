// Mute and solo: the parts are fetched as they are needed, in windows that join without a gap, and mixed by the browser.
//
// The player's own sound stays the clock: it is muted and runs on, and the parts are laid beside it. Where both drift
// apart, or somebody seeks, the parts are laid anew.
import type { Deck } from "../frame/player/deck";
import type { SongData } from "./page";

/** Seconds between two looks, and how far the parts may be from the player before they are laid anew. */
const LOOK_MS = 250;
const APART = 0.06;

/** Seconds of the parts that are fetched before they sound. */
const AHEAD = 6;

export function startMixer(fold: HTMLDetailsElement, number: number, data: SongData, deck: Deck, mine: () => boolean): () => void {
  const mutes = [...fold.querySelectorAll<HTMLButtonElement>("[data-mute]")];
  const solos = [...fold.querySelectorAll<HTMLButtonElement>("[data-solo]")];
  const whole = fold.querySelector<HTMLButtonElement>("[data-whole]");
  const said = fold.querySelector<HTMLElement>("[data-said]");
  const pressed = (button: HTMLButtonElement | undefined): boolean => button?.getAttribute("aria-pressed") === "true";
  let context: AudioContext | null = null;
  let gains: GainNode[] = [];
  let laid = new Map<number, AudioBufferSourceNode[]>();
  let windows = new Map<number, Promise<AudioBuffer[]>>();
  /** The context's time at which the song's beginning would have sounded; NaN while nothing is laid. */
  let zero = NaN;
  let timer = 0;
  let turn = 0;

  const active = (): boolean => [...mutes, ...solos].some((button) => pressed(button));
  const say = (text: string): void => {
    if (said) said.textContent = text;
  };
  const level = (part: number): number => {
    const alone = solos.some((button) => pressed(button));
    return (alone ? pressed(solos[part]) : !pressed(mutes[part])) ? 1 : 0;
  };

  const fetched = (at: number): Promise<AudioBuffer[]> => {
    const known = windows.get(at);
    if (known) return known;
    const all = Promise.all(
      data.stems.map(async (_, part) => {
        const answer = await fetch(`/songs/${number}/stems/${part}?from=${at * data.window}`);
        if (!answer.ok) return new AudioBuffer({ length: 1, sampleRate: 44100 }); // a part that ended before
        return (context as AudioContext).decodeAudioData(await answer.arrayBuffer());
      }),
    );
    windows.set(at, all);
    all.catch(() => windows.delete(at));
    return all;
  };
  const silence = (): void => {
    turn += 1;
    laid.forEach((sources) => sources.forEach((source) => source.stop()));
    laid = new Map();
    zero = NaN;
  };
  const lay = (at: number, sources: AudioBuffer[]): void => {
    if (!context || laid.has(at)) return;
    const begins = zero + at * data.window;
    laid.set(
      at,
      sources.map((sound, part) => {
        const source = new AudioBufferSourceNode(context as AudioContext, { buffer: sound });
        source.connect(gains[part] as GainNode);
        const late = (context as AudioContext).currentTime - begins;
        if (late < sound.duration) source.start(Math.max(begins, 0), Math.max(late, 0));
        return source;
      }),
    );
  };
  const look = async (): Promise<void> => {
    if (!context || !mine() || !deck.playing || deck.audio.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) {
      if (!Number.isNaN(zero)) silence();
      return;
    }
    if (!Number.isNaN(zero) && Math.abs(context.currentTime - zero - deck.audio.currentTime) > APART) silence();
    const now = turn;
    const time = deck.audio.currentTime;
    const first = Math.floor(time / data.window);
    const next = Math.floor((time + AHEAD) / data.window);
    try {
      for (const at of first === next ? [first] : [first, next]) {
        if (at * data.window >= data.seconds && at > first) break;
        const sound = await fetched(at);
        if (now !== turn || !deck.playing) return;
        if (Number.isNaN(zero)) zero = context.currentTime - deck.audio.currentTime;
        lay(at, sound);
      }
      say("");
      windows.forEach((_, at) => {
        if (at < first || at > next + 1) windows.delete(at);
      });
    } catch {
      say(fold.dataset["trouble"] ?? "");
    }
  };
  const change = (): void => {
    const on = active();
    if (whole) whole.hidden = !on;
    if (on && !context) {
      context = new AudioContext({ sampleRate: 44100, latencyHint: "interactive" });
      gains = data.stems.map(() => new GainNode(context as AudioContext));
      gains.forEach((gain) => gain.connect((context as AudioContext).destination));
      say(fold.dataset["loading"] ?? "");
    }
    void context?.resume();
    gains.forEach((gain, part) => gain.gain.setTargetAtTime(level(part), (context as AudioContext).currentTime, 0.01));
    if (mine()) deck.audio.muted = on;
    clearInterval(timer);
    if (on) {
      timer = window.setInterval(() => void look(), LOOK_MS);
      void look();
    } else silence();
  };
  const press = (button: HTMLButtonElement): void => {
    button.setAttribute("aria-pressed", String(!pressed(button)));
    change();
  };
  [...mutes, ...solos].forEach((button) => button.addEventListener("click", () => press(button)));
  const back = (): void => {
    [...mutes, ...solos].forEach((button) => button.setAttribute("aria-pressed", "false"));
    change();
  };
  whole?.addEventListener("click", back);
  const other = (): void => {
    if (!mine() && active()) back();
    deck.audio.muted = mine() && active();
  };
  deck.addEventListener("track", other);
  return () => {
    deck.removeEventListener("track", other);
    clearInterval(timer);
    silence();
    deck.audio.muted = false;
    void context?.close();
    windows = new Map();
  };
}
