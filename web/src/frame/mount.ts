// Behaviour is mounted on what a page holds: now, and again whenever navigation brings another page.

type Mounted = (() => void) | void;

const kinds: [string, (element: HTMLElement) => Mounted][] = [];
const alive = new Map<HTMLElement, (() => void)[]>();
let ready = false;

/**
 * Run `begin` on every element that matches, once each. What it returns is run when the element is gone
 * (end timers, streams and listeners outside it there).
 */
export function mount(selector: string, begin: (element: HTMLElement) => Mounted): void {
  kinds.push([selector, begin]);
  if (ready) document.querySelectorAll<HTMLElement>(selector).forEach((each) => start(selector, each, begin));
}

/** Mount everything that is new in a part of the document. */
export function mountIn(root: ParentNode): void {
  ready = true;
  for (const [element, ends] of alive) {
    if (!element.isConnected) {
      alive.delete(element);
      ends.forEach((end) => end());
    }
  }
  for (const [selector, begin] of kinds) {
    root.querySelectorAll<HTMLElement>(selector).forEach((each) => start(selector, each, begin));
  }
}

function start(selector: string, element: HTMLElement, begin: (element: HTMLElement) => Mounted): void {
  const mark = `mounted:${selector}`;
  const marked = element as HTMLElement & { [mark: string]: unknown };
  if (marked[mark] === true) return;
  (marked as Record<string, unknown>)[mark] = true;
  const end = begin(element);
  const ends = alive.get(element) ?? [];
  if (end) ends.push(end);
  alive.set(element, ends);
}
