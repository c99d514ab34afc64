// The plane of feeling over its two ranges (frame/ui.html, `plane`): a point to be set by hand, finger or arrow keys.
import { mount } from "./mount";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.05;

/** A name for a place on the plane, of five. */
function wordFor(corners: string[], valence: number, arousal: number): string {
  if (Math.hypot(valence, arousal) < 0.2) return corners[4] ?? "";
  return corners[valence >= 0 ? (arousal >= 0 ? 0 : 3) : arousal >= 0 ? 1 : 2] ?? "";
}

mount("[data-plane]", (place) => {
  const [valence, arousal] = place.querySelectorAll<HTMLInputElement>("input[type=range]");
  if (!valence || !arousal) return;
  const corners = JSON.parse(place.dataset["corners"] ?? "[]") as string[];
  const board = document.createElement("div");
  board.className = "board";
  board.setAttribute("aria-hidden", "true"); // the ranges below say and do the same
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 100 100");
  const draw = (name: string, values: Record<string, string | number>, text = ""): SVGElement => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, String(value));
    made.textContent = text;
    drawing.append(made);
    return made;
  };
  draw("line", { x1: 50, y1: 4, x2: 50, y2: 96 });
  draw("line", { x1: 4, y1: 50, x2: 96, y2: 50 });
  draw("text", { x: 95, y: 10, "text-anchor": "end" }, corners[0]);
  draw("text", { x: 5, y: 10 }, corners[1]);
  draw("text", { x: 5, y: 94 }, corners[2]);
  draw("text", { x: 95, y: 94, "text-anchor": "end" }, corners[3]);
  const dot = draw("circle", { r: 4.2 });
  board.append(drawing);
  const word = Object.assign(document.createElement("p"), { className: "word" });
  place.prepend(board, word);
  place.classList.add("alive");

  const show = (): void => {
    const [v, a] = [Number(valence.value), Number(arousal.value)];
    dot.setAttribute("cx", String(50 + 46 * v));
    dot.setAttribute("cy", String(50 - 46 * a));
    word.textContent = wordFor(corners, v, a);
    valence.setAttribute("aria-valuetext", `${v.toFixed(2)}, ${word.textContent}`);
    arousal.setAttribute("aria-valuetext", `${a.toFixed(2)}, ${word.textContent}`);
  };
  const set = (event: PointerEvent): void => {
    const box = board.getBoundingClientRect();
    const unit = (share: number): string => String(Math.min(1, Math.max(-1, Math.round(((share - 0.5) / 0.46) / STEP) * STEP)));
    valence.value = unit((event.clientX - box.left) / box.width);
    arousal.value = unit(1 - (event.clientY - box.top) / box.height);
    valence.dispatchEvent(new Event("input", { bubbles: true }));
  };
  board.addEventListener("pointerdown", (event) => {
    board.setPointerCapture(event.pointerId);
    set(event);
  });
  board.addEventListener("pointermove", (event) => {
    if (board.hasPointerCapture(event.pointerId)) set(event);
  });
  board.addEventListener("pointerup", () => valence.dispatchEvent(new Event("change", { bubbles: true })));
  valence.addEventListener("input", show);
  arousal.addEventListener("input", show);
  show();
});
