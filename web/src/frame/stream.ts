// Progress as it comes: `<div data-events="/jobs/5/events">` is filled with the HTML that the server sends
// (app/web/events.py), and `data-then` is gone to when it is done.
import htmx from "htmx.org";
import { mount, mountIn } from "./mount";

mount("[data-events]", (place) => {
  const source = new EventSource(place.dataset["events"] ?? "");
  source.addEventListener("html", (event) => {
    place.innerHTML = (event as MessageEvent<string>).data;
    htmx.process(place);
    mountIn(place);
  });
  source.addEventListener("done", () => {
    source.close();
    const then = place.dataset["then"];
    if (then) void htmx.ajax("GET", then, { target: "#page", select: "#page", swap: "outerHTML", push: then === location.pathname ? undefined : then });
  });
  return () => source.close();
});
