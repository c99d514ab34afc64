
"use strict";
(function () {
  var sound = document.getElementById("sound");
  var deck = document.getElementById("deck");
  var play = document.getElementById("play");
  var place = document.getElementById("place");
  var clock = document.getElementById("clock");
  var lines = Array.prototype.slice.call(document.querySelectorAll("[data-ms]"));
  var start = JSON.parse(document.getElementById("settings").textContent).start;
  var shown = null;
  var begun = false;

  // Long data addresses are slow to move about in, and some browsers play none: the same bytes as a blob.
  var parts = /^data:([^;]+);base64,/.exec(sound.getAttribute("src"));
  if (parts && window.URL && window.Blob) {
    var text = atob(sound.getAttribute("src").slice(parts[0].length));
    var bytes = new Uint8Array(text.length);
    for (var at = 0; at < text.length; at += 1) { bytes[at] = text.charCodeAt(at); }
    sound.src = URL.createObjectURL(new Blob([bytes], { type: parts[1] }));
  }

  function show() {
    var second = sound.currentTime;
    var minutes = Math.floor(second / 60);
    clock.textContent = minutes + ":" + String(Math.floor(second % 60)).padStart(2, "0");
    place.value = second;
    place.setAttribute("aria-valuetext", clock.textContent);
    var now = null;
    lines.forEach(function (line) { if (+line.dataset.ms <= 1000 * second + 150) { now = line; } });
    if (sound.ended || !begun) { now = null; }
    if (now === shown) { return; }
    if (shown) { shown.classList.remove("now"); shown.removeAttribute("aria-current"); }
    if (now) { now.classList.add("now"); now.setAttribute("aria-current", "true"); }
    shown = now;
  }
  function state() {
    var playing = !sound.paused;
    play.classList.toggle("playing", playing);
    play.setAttribute("aria-label", playing ? play.dataset.pause : play.dataset.play);
    begun = begun || playing;
    show();
  }
  function go(second) { begun = true; sound.currentTime = second; show(); }

  sound.hidden = true;
  deck.hidden = false;
  sound.addEventListener("loadedmetadata", function () {
    place.max = isFinite(sound.duration) ? sound.duration : 1;
    if (start > 0 && start < sound.duration && !begun) { sound.currentTime = start; }
    show();
  });
  ["play", "pause", "ended"].forEach(function (name) { sound.addEventListener(name, state); });
  ["timeupdate", "seeked"].forEach(function (name) { sound.addEventListener(name, show); });
  play.addEventListener("click", function () { if (sound.paused) { sound.play(); } else { sound.pause(); } });
  place.addEventListener("input", function () { go(+place.value); });
  lines.forEach(function (line) {
    line.addEventListener("click", function () { go(+line.dataset.ms / 1000); if (sound.paused) { sound.play(); } });
  });
  if ("mediaSession" in navigator && window.MediaMetadata) {
    navigator.mediaSession.metadata = new window.MediaMetadata({ title: document.querySelector("h1").textContent });
  }
}());
