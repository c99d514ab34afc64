// What follows a song's sound: lines with their syllables, sections, the chord that sounds. One file for the page of a
// song folder and for the home's pages. `root` holds them, `data` is what `page.following` writes.
export function last(rows, time, key) {
  var low = 0, high = rows.length;
  while (low < high) {
    var middle = (low + high) >> 1;
    if (rows[middle][key] <= time) { low = middle + 1; } else { high = middle; }
  }
  return low - 1;
}

export function clock(seconds) {
  var whole = Math.max(0, Math.floor(seconds));
  return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
}

// Returns show(time, scrolls): paints what sounds at a time in seconds; `scrolls` brings its line to the middle.
export function follow(root, data) {
  var still = window.matchMedia("(prefers-reduced-motion: reduce)");
  var chord = root.querySelector("[data-chord]");
  var marks = Array.prototype.slice.call(root.querySelectorAll("[data-section]"));
  var lines = Array.prototype.slice.call(root.querySelectorAll("button.line")).map(function (element) {
    return {
      element: element, start: +element.dataset.start, end: +element.dataset.end, active: -1,
      syllables: Array.prototype.slice.call(element.querySelectorAll("[data-t]")).map(function (part) {
        return { element: part, start: +part.dataset.t };
      })
    };
  });
  var shown = -1;

  function paint(line, active) {
    if (line.active === active) { return; }
    line.active = active;
    line.syllables.forEach(function (part, index) {
      part.element.classList.toggle("done", index < active);
      part.element.classList.toggle("on", index === active);
    });
  }

  function show(time, scrolls) {
    var at = last(data.chords, time, 0);
    if (chord) { chord.textContent = at >= 0 && time < data.chords[at][1] ? data.chords[at][2] : ""; }
    at = last(data.sections, time, 0);
    marks.forEach(function (mark, index) {
      mark.classList.toggle("sung", index <= at && time > 0);
      mark.classList.toggle("now", index === at && time > 0);
    });
    var line = last(lines, time + 0.05, "start");
    var current = line >= 0 && time < lines[line].end + 0.4 ? line : -1;
    if (current !== shown) {
      if (shown >= 0) { lines[shown].element.classList.remove("now"); lines[shown].element.removeAttribute("aria-current"); }
      if (current >= 0) {
        lines[current].element.classList.add("now");
        lines[current].element.setAttribute("aria-current", "true");
        if (scrolls) {
          lines[current].element.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
        }
      }
      lines.forEach(function (other, index) {
        if (index !== current) { paint(other, -1); }
      });
      shown = current;
    }
    if (current >= 0) { paint(lines[current], last(lines[current].syllables, time + 0.05, "start")); }
  }
  return show;
}
