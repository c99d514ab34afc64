// Links and forms change only #page, so that the player outside it plays on. Without scripts they work as ever.
import "htmx.org";
import { mountIn } from "./mount";

interface RequestContext {
  request: { headers: Record<string, string>; method: string };
}

/** The page that is shown; every answer brings another. */
export function page(): HTMLElement {
  return document.getElementById("page") ?? document.body;
}

/** What a POST of this page must bring in `X-CSRF-Token`. */
export function csrfToken(): string {
  return page().dataset["csrf"] ?? "";
}

/** Send JSON to this home. `keepalive` lets it go out even where the page is being left. */
export function post(address: string, plain: unknown, keepalive = false): Promise<Response> {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrfToken() },
    body: JSON.stringify(plain),
    keepalive,
  });
}

document.addEventListener("htmx:config:request", (event) => {
  const { request } = (event as CustomEvent<{ ctx: RequestContext }>).detail.ctx;
  if (request.method !== "GET") request.headers["X-CSRF-Token"] = csrfToken();
});
let shown: HTMLElement | null = null;

/** A screen reader is told of another page by the focus: on what is wrong, what is to be said, or its title. */
function lookAt(there: HTMLElement): void {
  if (document.activeElement && document.activeElement !== document.body) return;
  const first = ["[aria-invalid=true]", ".said", "h1"].map((each) => there.querySelector<HTMLElement>(each)).find(Boolean);
  if (first?.matches(".said, h1")) first.tabIndex = -1;
  first?.focus({ preventScroll: true });
}

document.addEventListener("htmx:after:swap", () => {
  const root = document.documentElement;
  root.lang = page().dataset["language"] ?? root.lang;
  root.dataset["theme"] = page().dataset["theme"] ?? "auto";
  mountIn(document);
  if (shown !== page()) lookAt((shown = page()));
  document.dispatchEvent(new Event("page:shown"));
});
const begin = (): void => {
  shown = page();
  mountIn(document);
};
document.addEventListener("DOMContentLoaded", begin);
if (document.readyState !== "loading") queueMicrotask(begin);
