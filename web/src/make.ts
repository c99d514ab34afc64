// Making a song: recording in the browser, the point of the feeling, the list of styles.
import { mount } from "./frame/mount";
import { page } from "./frame/navigation";
import { clock } from "./frame/player/track";

/** Samples a second of what is recorded: enough for a voice's harmonics, small enough to send. */
const RATE = 32000;

mount("[data-recorder]", (place) => {
  const box = place.querySelector<HTMLElement>(".recorder");
  const button = place.querySelector<HTMLButtonElement>("[data-record]");
  const text = place.querySelector<HTMLElement>("[data-text]");
  const time = place.querySelector<HTMLElement>("[data-clock]");
  const done = place.querySelector<HTMLElement>("[data-done]");
  const audio = place.querySelector("audio");
  const said = place.querySelector<HTMLElement>("[data-said]");
  const input = place.querySelector<HTMLInputElement>("input[type=file]");
  const file = place.querySelector<HTMLDetailsElement>("[data-file]");
  if (!box || !button || !text || !time || !done || !audio || !said || !input || !file) return;
  if (page().dataset["secure"] !== "yes" || !navigator.mediaDevices || !("MediaRecorder" in window)) return;
  box.hidden = false;
  const most = Number(place.dataset["most"]);
  let recorder: MediaRecorder | null = null;
  let timer = 0;
  let begun = 0;
  let gone = false;

  const show = (on: boolean): void => {
    button.classList.toggle("recording", on);
    text.textContent = (on ? button.dataset["stop"] : button.dataset["start"]) ?? "";
    if (!on) clearInterval(timer);
  };
  const stop = (): void => {
    if (recorder?.state === "recording") recorder.stop();
  };
  const again = (): void => {
    if (audio.src) URL.revokeObjectURL(audio.src);
    audio.removeAttribute("src");
    input.value = "";
    done.hidden = true;
    button.hidden = false;
    said.textContent = "";
    time.textContent = "";
  };
  const keep = async (pieces: Blob[]): Promise<void> => {
    const recorded = new Blob(pieces, { type: pieces[0]?.type ?? "" });
    const asIs = place.dataset["asIs"] !== undefined; // kept to be heard, not measured
    const sound = asIs ? recorded : await asWave(recorded);
    const ending = asIs ? (/audio\/(\w+)/.exec(sound.type)?.[1] ?? "webm") : "wav";
    const list = new DataTransfer();
    list.items.add(new File([sound], `${place.dataset["recorder"] ?? "voice"}.${ending}`, { type: sound.type }));
    input.files = list.files;
    audio.src = URL.createObjectURL(sound);
    done.hidden = false;
    button.hidden = true;
    said.textContent = said.dataset["ready"] ?? "";
  };
  const start = async (): Promise<void> => {
    // What was spoken is measured: nothing may smooth it, and a hum is no noise to be taken away.
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
    } catch {
      said.textContent = said.dataset["refused"] ?? "";
      file.open = true;
      return;
    }
    const pieces: Blob[] = [];
    recorder = new MediaRecorder(stream);
    recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    recorder.addEventListener("stop", () => {
      stream.getTracks().forEach((track) => track.stop());
      show(false);
      if (!gone) {
        keep(pieces).catch(() => {
          said.textContent = said.dataset["refused"] ?? "";
          file.open = true;
        });
      }
    });
    begun = performance.now();
    recorder.start();
    said.textContent = said.dataset["on"] ?? "";
    show(true);
    timer = window.setInterval(() => {
      const seconds = (performance.now() - begun) / 1000;
      time.textContent = clock(seconds);
      if (seconds >= most) stop();
    }, 250);
  };
  button.addEventListener("click", () => {
    if (recorder?.state === "recording") stop();
    else void start();
  });
  place.querySelector("[data-again]")?.addEventListener("click", again);
  return () => {
    gone = true;
    stop();
    clearInterval(timer);
  };
});

/** A recording of a browser (WebM, MP4 …) as a WAV file of one channel and 16 bits, which is read everywhere. */
async function asWave(recorded: Blob): Promise<Blob> {
  const context = new OfflineAudioContext(1, 1, RATE);
  const sound = await context.decodeAudioData(await recorded.arrayBuffer());
  const count = sound.length;
  const bytes = new DataView(new ArrayBuffer(44 + 2 * count));
  const word = (at: number, text: string): void => [...text].forEach((letter, place) => bytes.setUint8(at + place, letter.charCodeAt(0)));
  word(0, "RIFF");
  bytes.setUint32(4, 36 + 2 * count, true);
  word(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true); // PCM
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, sound.sampleRate, true);
  bytes.setUint32(28, 2 * sound.sampleRate, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  word(36, "data");
  bytes.setUint32(40, 2 * count, true);
  const channels = Array.from({ length: sound.numberOfChannels }, (_, at) => sound.getChannelData(at));
  for (let at = 0; at < count; at += 1) {
    const mean = channels.reduce((sum, channel) => sum + (channel[at] ?? 0), 0) / channels.length;
    bytes.setInt16(44 + 2 * at, Math.round(32767 * Math.max(-1, Math.min(1, mean))), true);
  }
  return new Blob([bytes.buffer as ArrayBuffer], { type: "audio/wav" });
}

// Back to what was read: the button is there once the point was moved.
mount("[data-felt]", (place) => {
  const ranges = [...place.querySelectorAll<HTMLInputElement>("input[type=range]")];
  const button = place.querySelector<HTMLButtonElement>("[data-unmove]");
  const read = (place.dataset["felt"] ?? "").split(",").map(Number);
  if (!button || ranges.length !== 2) return;
  const first = ranges.map((range) => range.value);
  const show = (): void => {
    button.hidden = ranges.every((range, at) => range.value === first[at] && Math.abs(Number(range.value) - (read[at] ?? 0)) <= 0.03);
  };
  ranges.forEach((range) => range.addEventListener("input", show));
  button.addEventListener("click", () => {
    ranges.forEach((range, at) => {
      range.value = String(read[at] ?? 0);
      range.dispatchEvent(new Event("input", { bubbles: true }));
    });
    ranges.forEach((range, at) => {
      first[at] = range.value;
    });
    show();
    ranges[0]?.focus();
  });
  show();
});
