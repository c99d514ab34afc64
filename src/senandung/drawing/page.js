(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent);
  var audio = document.getElementById("audio");
  var deck = document.getElementById("deck");
  var play = document.getElementById("play");
  var seek = document.getElementById("seek");
  var now = document.getElementById("now");
  var marks = Array.prototype.slice.call(document.querySelectorAll("[data-section]"));
  var lines = Array.prototype.slice.call(document.querySelectorAll("button.line"));
  var paint = follow(document, data);
  var touched = 0, dragging = false, wanted = null;

  function position() { return wanted === null ? audio.currentTime : wanted; }

  function show(time) {
    now.textContent = clock(time);
    if (!dragging) { seek.value = time; }
    seek.setAttribute("aria-valuetext", clock(time));
    paint(time, !audio.paused && Date.now() - touched > 4000);
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
    line.addEventListener("click", function () {
      go(+line.dataset.start);
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
