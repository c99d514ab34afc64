// What the player plays.

/** A track, as `ui.playable` of frame/ui.html writes it. */
export interface Track {
  id: number;
  title: string;
  artist: string;
  /** Number of its cover, /cover/{n}. */
  cover: number | null;
  /** Length in milliseconds; null where nobody measured it. */
  ms: number | null;
  /** Where its sound is, if not at /stream/{id}. */
  src?: string;
}

/** A moment of a track that is drawn on its time line. */
export interface Mark {
  start_ms: number;
  kind: string;
  label: string;
  address?: string;
}

/** A line of words: where it begins in milliseconds (null where nobody said), and its text. */
export type Line = [number | null, string];

/** The sound of a track. */
export function soundOf(track: Track): string {
  return track.src ?? `/stream/${track.id}`;
}

/** 83.4 → "1:23". */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((each, at) => (at ? String(each).padStart(2, "0") : String(each))).join(":");
}
