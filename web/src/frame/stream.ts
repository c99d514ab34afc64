// Progress as it comes: `<div data-events="/jobs/5/events">` is filled with the HTML that the server sends
// (app/web/events.py), and `data-then` is gone to when it is done.
import htmx from "htmx.org";
import { mount } from "./mount";

mount("[data-events]", (place) => {
  const source = new EventSource(place.dataset["events"] ?? "");
  source.addEventListener("html", (event) => {
    // What stays the same stays in place: the button that has the focus, and the line whose changes are read out.
    void htmx.swap({ text: (event as MessageEvent<string>).data, sourceElement: place, target: place, swap: "innerMorph" });
  });
  source.addEventListener("done", () => {
    source.close();
    const then = place.dataset["then"];
    if (then) void htmx.ajax("GET", then, { target: "#page", select: "#page", swap: "outerHTML", push: then === location.pathname ? undefined : then });
  });
  return () => source.close();
});
