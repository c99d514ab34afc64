// The piano roll: every note of some seconds around the place that sounds, drawn anew as it moves on.
import type { Place, SongData } from "./page";

/** Seconds that are seen, and where in them the place stands that sounds. */
const SEEN = 12;
const AT = 0.3;

/** Hues of the parts, around the circle by the golden angle, so that neighbours differ. */
const hue = (part: number): number => (12 + 137.5 * part) % 360;

export function startRoll(canvas: HTMLCanvasElement, data: SongData, place: Place): (time: number) => void {
  const pitched = data.tracks.filter((track) => !track.drum);
  const pitches = pitched.flatMap((track) => track.notes.map((note) => note[2]));
  const low = Math.min(...pitches, 60) - 2;
  const high = Math.max(...pitches, 72) + 2;
  const pen = canvas.getContext("2d");

  const drawAt = (time: number): void => {
    const [wide, tall] = [canvas.clientWidth, canvas.clientHeight];
    if (!pen || !wide) return;
    const scale = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(wide * scale)) [canvas.width, canvas.height] = [Math.round(wide * scale), Math.round(tall * scale)];
    const style = getComputedStyle(canvas);
    const dark = style.colorScheme.includes("dark");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, wide, tall);
    const from = Math.max(-0.5, Math.min(time - AT * SEEN, data.seconds - SEEN + 0.5));
    const x = (second: number): number => ((second - from) / SEEN) * wide;
    const row = tall / (high - low);
    pen.fillStyle = style.getPropertyValue("--line");
    data.bars.forEach((start) => pen.fillRect(Math.round(x(start)), 0, 1, tall));
    data.tracks.forEach((track, part) => {
      if (track.drum) return;
      track.notes.forEach(([start, long, pitch]) => {
        if (start + long < from || start > from + SEEN) return;
        const sounds = start <= time && time < start + long;
        pen.fillStyle = `hsl(${hue(part)} ${sounds ? 75 : 45}% ${dark ? (sounds ? 72 : 52) : sounds ? 42 : 60}%)`;
        pen.beginPath();
        pen.roundRect(x(start), tall - (pitch - low + 1) * row, Math.max(2, (long / SEEN) * wide - 1), Math.max(2.5, row - 0.5), 2);
        pen.fill();
      });
    });
    pen.fillStyle = style.getPropertyValue("--accent");
    pen.fillRect(Math.round(x(time)), 0, 2, tall);
  };
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const time = place.time();
    const from = Math.max(-0.5, Math.min(time - AT * SEEN, data.seconds - SEEN + 0.5));
    place.go(from + (SEEN * (event.clientX - box.left)) / box.width, true);
  });
  return drawAt;
}
