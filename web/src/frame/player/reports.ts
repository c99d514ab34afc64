// What was heard, told to the home: every play, however short, with why it began and ended (in Spotify's words).
import { post } from "../navigation";
import type { Track } from "./track";

export type Began = "clickrow" | "playbtn" | "trackdone" | "fwdbtn" | "backbtn" | "appload" | "autoplay";
export type Ended = "trackdone" | "fwdbtn" | "backbtn" | "clickrow" | "endplay" | "trackerror" | "unexpected-exit";

interface Report {
  track_id: number;
  /** When it began, by this machine's clock. */
  started: string;
  /** How far that clock stands ahead of UTC. */
  offset_minutes: number;
  played_ms: number;
  began: Began;
  ended: Ended;
}

const KEPT = "senandung.play";

/** One play of one track, from its first sound to its end. */
export class Play {
  private heard = 0;
  private readonly started = new Date();
  private told = false;

  constructor(private readonly track: Track, private readonly began: Began) {}

  /** So many more milliseconds were heard. */
  add(milliseconds: number): void {
    this.heard += milliseconds;
    if (!this.told) keep(this.report("unexpected-exit"));
  }

  /** Milliseconds heard so far. */
  get played(): number {
    return Math.round(this.heard);
  }

  /** Tell the home that it ended; a second call says nothing. */
  end(why: Ended): void {
    if (this.told) return;
    this.told = true;
    keep(null);
    send(this.report(why));
  }

  private report(ended: Ended): Report {
    return {
      track_id: this.track.id,
      started: this.started.toISOString(),
      offset_minutes: -this.started.getTimezoneOffset(),
      played_ms: this.played,
      began: this.began,
      ended,
    };
  }
}

function send(report: Report): void {
  // A play that cannot be told now (no network) is told with the next one.
  const waiting = [...waited(), report];
  store("senandung.plays", waiting);
  void post("/plays", { plays: waiting }, true)
    .then((answer) => {
      if (!answer.ok && answer.status >= 500) return;
      const sent = new Set(waiting.map((each) => each.started));
      store("senandung.plays", waited().filter((each) => !sent.has(each.started)));
    })
    .catch(() => undefined);
}

/** Tell of plays that an earlier page could not: it was ended, or there was no network. */
export function tellWhatWaits(): void {
  const cut = load<Report>(KEPT);
  keep(null);
  if (cut) send(cut);
  else if (waited().length) {
    const [last, ...rest] = waited().reverse();
    store("senandung.plays", rest.reverse());
    if (last) send(last);
  }
}

function waited(): Report[] {
  return load<Report[]>("senandung.plays") ?? [];
}

function keep(report: Report | null): void {
  store(KEPT, report);
}

function store(name: string, plain: unknown): void {
  try {
    if (plain === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(plain));
  } catch {
    /* private windows keep nothing */
  }
}

function load<T>(name: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") as T | null;
  } catch {
    return null;
  }
}
