"use strict";
(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  var audio = document.getElementById("audio");
  var deck = document.getElementById("deck");
  var play = document.getElementById("play");
  var seek = document.getElementById("seek");
  var now = document.getElementById("now");
  var chord = document.getElementById("chord");
  var marks = Array.prototype.slice.call(document.querySelectorAll(".sections button"));
  var lines = Array.prototype.slice.call(document.querySelectorAll("button.line")).map(function (element) {
    return {
      element: element, start: +element.dataset.start, end: +element.dataset.end,
      syllables: Array.prototype.slice.call(element.querySelectorAll("[data-t]")).map(function (part) {
        return { element: part, start: +part.dataset.t };
      })
    };
  });
  var still = window.matchMedia("(prefers-reduced-motion: reduce)");
  var shown = -1, touched = 0, dragging = false, wanted = null;

  function clock(seconds) {
    var whole = Math.max(0, Math.floor(seconds));
    return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
  }
  function last(rows, time, key) {
    var low = 0, high = rows.length;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (rows[middle][key] <= time) { low = middle + 1; } else { high = middle; }
    }
    return low - 1;
  }
  function position() { return wanted === null ? audio.currentTime : wanted; }

  function show(time) {
    now.textContent = clock(time);
    if (!dragging) { seek.value = time; }
    seek.setAttribute("aria-valuetext", clock(time));
    var at = last(data.chords, time, 0);
    chord.textContent = at >= 0 && time < data.chords[at][1] ? data.chords[at][2] : "";
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
        if (!audio.paused && Date.now() - touched > 4000) {
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
  function paint(line, active) {
    if (line.active === active) { return; }
    line.active = active;
    line.syllables.forEach(function (part, index) {
      part.element.classList.toggle("done", index < active);
      part.element.classList.toggle("on", index === active);
    });
  }
  function go(time) {
    time = Math.min(Math.max(time, 0), data.seconds);
    if (audio.readyState > 0) { audio.currentTime = time; wanted = null; } else { wanted = time; }
    touched = 0;
    show(time);
  }
  function toggle() {
    if (audio.paused) { audio.play().catch(trouble); } else { audio.pause(); }
  }
  function trouble() {
    if (audio.error) { document.getElementById("trouble").hidden = false; }
  }
  function tick() {
    show(position());
    if (!audio.paused) { window.requestAnimationFrame(tick); }
  }
  function state() {
    var playing = !audio.paused;
    play.classList.toggle("playing", playing);
    play.setAttribute("aria-label", playing ? play.dataset.pause : play.dataset.play);
    if (playing) { tick(); }
  }

  audio.removeAttribute("controls");
  audio.hidden = true;
  deck.hidden = false;
  audio.addEventListener("loadedmetadata", function () {
    if (isFinite(audio.duration) && audio.duration > data.seconds) { data.seconds = audio.duration; seek.max = audio.duration; }
    if (wanted !== null) { audio.currentTime = wanted; wanted = null; }
  });
  ["play", "pause", "ended"].forEach(function (name) { audio.addEventListener(name, state); });
  ["timeupdate", "seeked"].forEach(function (name) { audio.addEventListener(name, function () { show(position()); }); });
  audio.addEventListener("error", trouble);
  if (audio.error) { trouble(); }
  play.addEventListener("click", toggle);
  seek.addEventListener("input", function () { dragging = true; go(+seek.value); dragging = false; });
  marks.forEach(function (mark) { mark.addEventListener("click", function () { go(+mark.dataset.start); }); });
  lines.forEach(function (line) {
    line.element.addEventListener("click", function () {
      go(line.start);
      if (audio.paused) { toggle(); }
    });
  });
  ["wheel", "touchmove"].forEach(function (name) {
    window.addEventListener(name, function () { touched = Date.now(); }, { passive: true });
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    var tag = event.target.tagName;
    if (event.key === " " && tag !== "BUTTON" && tag !== "SUMMARY" && tag !== "A" && tag !== "INPUT") {
      event.preventDefault(); toggle();
    } else if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && tag !== "INPUT") {
      event.preventDefault(); go(position() + (event.key === "ArrowRight" ? 5 : -5));
    } else if (event.key === " " && event.target === seek) {
      event.preventDefault(); toggle();
    }
  });
  function fromAddress() {
    var found = /^#t=(\d+(?:\.\d+)?)$/.exec(window.location.hash);
    if (found) { go(+found[1]); }
  }
  window.addEventListener("hashchange", fromAddress);
  if ("mediaSession" in navigator && window.MediaMetadata) {
    navigator.mediaSession.metadata = new window.MediaMetadata({ title: data.title, artist: "Senandung", album: data.made });
  }
  fromAddress();
}());
