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
document.addEventListener("htmx:after:swap", () => {
  const root = document.documentElement;
  root.lang = page().dataset["language"] ?? root.lang;
  root.dataset["theme"] = page().dataset["theme"] ?? "auto";
  mountIn(document);
  document.dispatchEvent(new Event("page:shown"));
});
document.addEventListener("DOMContentLoaded", () => mountIn(document));
if (document.readyState !== "loading") queueMicrotask(() => mountIn(document));
