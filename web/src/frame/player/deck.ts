// The deck: one audio element, a queue, and a vow. It shows nothing; view.ts does.
import { type Began, type Ended, Play } from "./reports";
import { soundOf, type Track } from "./track";

/** What a listening without skipping is told: how many milliseconds were heard, at its end or when it was stopped. */
export interface Vow {
  heard(milliseconds: number): void;
  stopped(milliseconds: number): void;
  /** The loudest that it may begin, 0..1. */
  volume?: number;
}

interface Kept {
  queue: Track[];
  at: number;
  second: number;
}

const KEPT = "senandung.queue";
const FADE_MS = 700;

export class Deck extends EventTarget {
  queue: Track[] = [];
  at = -1;
  vow: Vow | null = null;
  private play: Play | null = null;
  private ticked = 0;
  private from = 0;
  private loudness = 1;
  private cap = 1;
  private changed = false;

  constructor(readonly audio: HTMLAudioElement) {
    super();
    const on = (name: string, run: () => void): void => audio.addEventListener(name, run);
    on("timeupdate", () => this.tick());
    on("play", () => this.state());
    on("playing", () => {
      this.ticked = performance.now();
      this.state();
    });
    on("pause", () => {
      this.tick();
      this.ticked = 0;
      this.state();
      this.keep();
    });
    on("waiting", () => {
      this.ticked = 0;
    });
    on("loadedmetadata", () => {
      if (this.from > 0) audio.currentTime = Math.min(this.from, Math.max(0, audio.duration - 0.5));
      this.from = 0;
      this.say("time");
    });
    on("ended", () => this.finished());
    on("error", () => {
      if (!audio.getAttribute("src") || this.changeFormat()) return;
      this.end("trackerror");
      this.say("broken");
      this.state();
    });
    addEventListener("pagehide", () => {
      this.keep();
      this.end("endplay");
    });
    setInterval(() => this.keep(), 5000);
  }

  get track(): Track | null {
    return this.queue[this.at] ?? null;
  }

  get playing(): boolean {
    return !this.audio.paused && !this.audio.ended && !this.audio.error;
  }

  /** Length in seconds; what the library says until the sound itself does. */
  get length(): number {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : (this.track?.ms ?? NaN) / 1000;
  }

  /** Where the sound stands, in seconds. */
  get second(): number {
    return this.from || this.audio.currentTime;
  }

  /** Play tracks from one of them, from a second of it. */
  playAll(queue: Track[], at: number, began: Began, second = 0): void {
    if (this.vow) return;
    this.end(began === "clickrow" ? "clickrow" : "endplay");
    this.queue = queue;
    this.begin(at, began, second);
  }

  /** Hear one track without skipping. Only pause and stop are left, until its end. */
  promise(track: Track, vow: Vow, second = 0): void {
    this.end("endplay");
    this.vow = vow;
    this.cap = vow.volume ?? 1;
    this.queue = [track];
    this.begin(0, "clickrow", second);
  }

  /** End the sound softly, and the vow with it. */
  stop(): void {
    const heard = this.play?.played ?? 0;
    const vow = this.vow;
    this.vow = null;
    this.end("endplay");
    this.fade(() => {
      this.cap = 1;
      this.setVolume(this.loudness);
      this.clear();
    });
    vow?.stopped(heard);
    this.state();
  }

  toggle(): void {
    if (this.playing) this.audio.pause();
    else this.go();
  }

  go(): void {
    if (!this.track) return;
    if (!this.audio.getAttribute("src")) this.load(this.from);
    else if (this.audio.error) this.load(this.second); // the network was gone: ask anew, from where it broke off
    this.play ??= new Play(this.track, "playbtn");
    this.audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.state();
    });
  }

  next(): void {
    if (this.vow || this.at + 1 >= this.queue.length) return;
    this.end("fwdbtn");
    this.begin(this.at + 1, "fwdbtn");
  }

  /** The beginning of the track, or, within its first seconds, the track before. */
  previous(): void {
    if (this.vow) return;
    if (this.second > 4 || this.at === 0) {
      this.seek(0);
      return;
    }
    this.end("backbtn");
    this.begin(this.at - 1, "backbtn");
  }

  /** Another track of the queue. */
  pick(at: number): void {
    if (this.vow || at === this.at) return;
    this.end("clickrow");
    this.begin(at, "clickrow");
  }

  seek(second: number): void {
    if (this.vow || !this.track) return;
    const place = Math.min(Math.max(0, second), Number.isFinite(this.length) ? this.length : second);
    if (this.audio.readyState >= HTMLMediaElement.HAVE_METADATA) this.audio.currentTime = place;
    else this.from = place;
    this.say("time");
  }

  setVolume(loudness: number): void {
    this.loudness = loudness;
    this.audio.volume = Math.min(loudness, this.cap);
    this.say("volume");
  }

  get volume(): number {
    return this.loudness;
  }

  /** What was playing when an earlier page was left, paused. */
  restore(): void {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null") as Kept | null;
      if (!kept || !kept.queue[kept.at]) return;
      this.queue = kept.queue;
      this.at = kept.at;
      this.from = kept.second;
      this.say("track");
      this.say("time");
    } catch {
      localStorage.removeItem(KEPT);
    }
  }

  private begin(at: number, began: Began, second = 0): void {
    this.at = at;
    const track = this.track;
    if (!track) return;
    this.play = new Play(track, began);
    this.load(second);
    this.say("track");
    this.go();
  }

  private load(second: number): void {
    const track = this.track;
    if (!track) return;
    this.from = second;
    this.ticked = 0;
    this.changed = false;
    this.audio.src = soundOf(track);
    this.audio.volume = Math.min(this.loudness, this.cap);
  }

  /** A format that this browser does not read (Opus in Ogg, in an older Safari) is asked for as MP3, once. */
  private changeFormat(): boolean {
    const { audio, track } = this;
    if (!track || track.src || this.changed || audio.error?.code !== MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED) return false;
    this.changed = true;
    audio.src = `${soundOf(track)}?format=mp3`;
    void audio.play().catch(() => undefined);
    return true;
  }

  private finished(): void {
    const heard = this.play?.played ?? 0;
    this.tick();
    this.end("trackdone");
    const vow = this.vow;
    this.vow = null;
    this.cap = 1;
    if (vow) {
      vow.heard(heard);
      this.clear();
    } else if (this.at + 1 < this.queue.length) this.begin(this.at + 1, "trackdone");
    else {
      this.from = 0;
      this.audio.removeAttribute("src");
      this.keep();
    }
    this.state();
  }

  private end(why: Ended): void {
    this.tick();
    this.play?.end(why);
    this.play = null;
  }

  private clear(): void {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.queue = [];
    this.at = -1;
    this.keep();
    this.say("track");
    this.state();
  }

  private fade(then: () => void): void {
    const from = this.audio.volume;
    const begun = performance.now();
    const step = (): void => {
      const left = 1 - (performance.now() - begun) / FADE_MS;
      this.audio.volume = Math.max(0, from * left);
      if (left > 0 && !this.audio.paused) setTimeout(step, 30);
      else then();
    };
    step();
  }

  private tick(): void {
    const now = performance.now();
    if (this.ticked && !this.audio.seeking) this.play?.add(Math.min(now - this.ticked, 2000));
    if (this.ticked) this.ticked = now;
    this.say("time");
  }

  private keep(): void {
    try {
      const kept: Kept = { queue: this.queue.slice(0, 500), at: this.at, second: this.second };
      if (this.track && !this.vow && this.at < 500) localStorage.setItem(KEPT, JSON.stringify(kept));
      else localStorage.removeItem(KEPT);
    } catch {
      /* private windows keep nothing */
    }
  }

  private state(): void {
    this.say("state");
  }

  private say(name: "track" | "time" | "state" | "volume" | "broken"): void {
    this.dispatchEvent(new Event(name));
  }
}
