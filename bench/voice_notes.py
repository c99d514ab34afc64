"""Voice notes: what is measured of voices whose figures are known, what moves a reading, and what is taken for a voice.

    make bench-voice-notes                                        made voices: made against measured, and worsened
    make bench-voice-notes ARGS="--praat PYTHON"                  beside Praat, by a Python that has praat-parselmouth
    make bench-voice-notes ARGS="--songs DIR --speech DIR"        also which recordings are taken for a voice: folders
                                                                  of songs with stems, and of spoken WAV files

Where espeak-ng is installed it speaks sentences that no bar was set on; hums and sung lines are our own voices' on
seeds and words that no bar was set on. Of DIR only every second song (by name) is measured: the bars of
`sensing.sound.kind` were set on the others.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sing import RATE as SUNG_RATE
from sing import by_hum, by_voice, lines_song, sung

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from made_voice import RATE, Made, speak  # noqa: E402
from senandung.audio.hearing import RATE as HEARD_RATE  # noqa: E402
from senandung.audio.hearing import hear  # noqa: E402
from senandung.audio.resample import resample  # noqa: E402
from senandung.domain.recording import Recording  # noqa: E402
from senandung.files.audio import load_audio, save_audio  # noqa: E402
from senandung.language.syllables import syllabify_line  # noqa: E402
from senandung.sensing.sound.kind import VOICE, kind_of  # noqa: E402
from senandung.sensing.sound.voice import VoiceReading, feel_voice  # noqa: E402
from senandung.singing.voices import VOICES  # noqa: E402

Sound = NDArray[np.float64]

HELD = {"flat": {"semitones": 0.05, "hiss": False, "dip": 0.5, "vowels": "a"}}
"""A held vowel, for which jitter, shimmer and noise are exact."""

ROWS: tuple[tuple[str, dict[str, object]], ...] = (
    ("speech", {}), ("jitter .2 %", {"jitter": 0.002}), ("jitter 1 %", {"jitter": 0.01}),
    ("jitter 2 %", {"jitter": 0.02}), ("shimmer 8 %", {"shimmer": 0.08}), ("shimmer 15 %", {"shimmer": 0.15}),
    ("noise 15 dB", {"noise": 15.0}), ("noise 10 dB", {"noise": 10.0}), ("210 Hz", {"hz": 210.0}),
    ("3 syllables a second", {"rate": 3.0}), ("6 syllables a second", {"rate": 6.0}), ("dark", {"tilt": 0.0006}),
    ("held vowel", HELD["flat"]), ("held, jitter 1 %", {**HELD["flat"], "jitter": 0.01}),
    ("held, jitter 2 %", {**HELD["flat"], "jitter": 0.02}), ("held, shimmer 8 %", {**HELD["flat"], "shimmer": 0.08}),
    ("held, noise 15 dB", {**HELD["flat"], "noise": 15.0}),
)  # fmt: skip
"""What is made."""

WORSE = ("gain", "noise 30 dB", "noise 20 dB", "noise 10 dB", "telephone", "room", "8 bits")

SENTENCES = {
    "id": ("Tadi pagi aku lihat foto kita di laci, dan aku jadi ingat semuanya lagi.",
           "Ibu, aku sudah sampai. Perjalanannya lancar, hanya agak macet di pintu tol."),
    "en-us": ("I found our old picture this morning and everything came back to me at once.",
              "Mother, I have arrived. The trip was fine, only a little traffic near the city."),
    "es": ("Hoy encontré nuestra foto en el cajón y me acordé de todo otra vez.",),
}  # fmt: skip
VARIANTS = ("", "+f2", "+m2", "+f4", "+m7")

TEXTS = ("du du du du du du du du", "ho ho ho ho ho ho", "langit sore di atas kota tua", "tak ada yang seperti dirimu")
SCALES = ((0, 2, 4, 5, 7, 9, 11, 12), (0, 2, 3, 5, 7, 8, 10, 12))

PRAAT = """
import sys, parselmouth
from parselmouth.praat import call
for name in sys.argv[1:]:
    sound = parselmouth.Sound(name)
    pitch = call(sound, "To Pitch (cc)", 0.0, 65, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, 700)
    points = call([sound, pitch], "To PointProcess (cc)")
    harmonicity = call(sound, "To Harmonicity (cc)", 0.01, 65, 0.1, 1.0)
    cepstrogram = call(sound, "To PowerCepstrogram", 60, 0.002, 5000, 50)
    print(call(pitch, "Get quantile", 0, 0, 0.5, "Hertz"),
          100 * call(points, "Get jitter (local)", 0, 0, 1e-4, 0.02, 1.3),
          100 * call([sound, points], "Get shimmer (local)", 0, 0, 1e-4, 0.02, 1.3, 1.6),
          call(harmonicity, "Get mean", 0, 0),
          call(cepstrogram, "Get CPPS", "yes", 0.02, 5e-4, 60, 330, 0.05, "Parabolic", 1e-3, 0.05, "Straight",
               "Robust"))
"""


def read(sound: Sound, rate: int = RATE) -> VoiceReading:
    """The reading of mono samples."""
    return feel_voice(sound.astype(np.float32), rate)


def made_table(praat: str | None, seed: int) -> None:
    """What was made, what is measured, and what Praat measures."""
    made = [speak(seed=seed, **how) for _, how in ROWS]  # type: ignore[arg-type]
    beside = praat_figures(praat, made) if praat else [()] * len(made)
    print("| made | Hz | jitter made, measured, Praat (%) | shimmer (%) | HNR made, measured, Praat (dB) "
          "| CPP measured, Praat (dB) | syllables a second made, measured |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    for (name, how), each, other in zip(ROWS, made, beside, strict=True):
        cues = read(each.samples).cues
        hz, *rest = [f"{value:.2f}" for value in other] or ["–"] * 5
        made_hz = float(how.get("hz", 120.0))  # type: ignore[arg-type]
        columns = (
            f"{made_hz:.0f}, {cues.pitch:.0f}, {hz}",
            f"{100 * each.jitter:.2f}, {100 * (cues.jitter or 0):.2f}, {rest[0]}",
            f"{100 * each.shimmer:.1f}, {100 * (cues.shimmer or 0):.1f}, {rest[1]}",
            f"{each.noise:.0f}, {cues.harmonics:.1f}, {rest[2]}",
            f"{cues.cepstral_peak:.1f}, {rest[3]}",
            f"{each.rate:.2f}, {cues.rate:.2f}",
        )
        print(f"| {name} | " + " | ".join(columns) + " |")


def praat_figures(python: str, made: list[Made]) -> list[tuple[float, ...]]:
    """Pitch, jitter, shimmer, HNR and CPPS by Praat."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, each in enumerate(made):
            paths.append(Path(folder) / f"{number}.wav")
            save_audio(Recording(each.samples[None].astype(np.float32), RATE), paths[-1])
        done = subprocess.run([python, "-c", PRAAT, *map(str, paths)], capture_output=True, text=True, check=True)
    return [tuple(float(value) for value in line.split()) for line in done.stdout.splitlines()]


def worsened(sound: Sound, how: str, rng: np.random.Generator, rate: int = RATE) -> Sound:
    """A recording made worse."""
    from scipy.signal import butter, fftconvolve, sosfilt

    if how == "gain":
        return 0.02 * sound
    if how.startswith("noise"):
        power = np.mean(sound[np.abs(sound) > 1e-3] ** 2)
        return sound + np.sqrt(power) * 10 ** (-float(how.split()[1]) / 20) * rng.standard_normal(len(sound))
    if how == "telephone":
        return np.asarray(sosfilt(butter(6, [300, 3400], "bandpass", fs=rate, output="sos"), sound))
    if how == "room":  # .4 s of reverberation, 6 dB below the voice
        tail = rng.standard_normal(round(0.4 * rate)) * np.exp(-6.9 * np.linspace(0, 1, round(0.4 * rate)))
        tail *= 0.5 / np.sqrt((tail**2).sum())
        tail[0] = 1
        return np.asarray(fftconvolve(sound, tail)[: len(sound)])
    if how == "8 bits":
        return np.asarray(np.round(sound / np.abs(sound).max() * 60) / 127)
    return sound


def spoken(folder: Path | None) -> Iterator[tuple[str, Sound]]:
    """Speech by espeak-ng where it is installed, and the WAV files of a folder, at `HEARD_RATE`."""
    with tempfile.TemporaryDirectory() as place:
        if shutil.which("espeak-ng"):
            rng = random.Random(11)
            for language, texts in SENTENCES.items():
                for number, text in enumerate(texts):
                    for variant in VARIANTS:
                        path = Path(place) / f"{language}{variant}-{number}.wav"
                        how = ["-s", str(rng.choice((120, 150, 190))), "-p", str(rng.choice((25, 45, 70)))]
                        subprocess.run(["espeak-ng", "-v", language + variant, *how, "-w", str(path), text], check=True)
                        yield path.stem, _loaded(path)
        for path in sorted(folder.glob("*.wav")) if folder else ():
            yield path.stem, _loaded(path)


def hummed(count: int = 12, seed: int = 4000) -> Iterator[tuple[str, Sound]]:
    """Tunes hummed and sung by our own voices, at `HEARD_RATE`."""
    for number in range(count):
        rng = random.Random(seed + number)
        name = rng.choice(sorted(VOICES))
        voice, scale = VOICES[name], rng.choice(SCALES)
        tonic = int(voice.low + 0.25 * (voice.high - voice.low)) + rng.randint(0, 4)
        lines = []
        for _ in range(3):
            text, at, steps = rng.choice(TEXTS), rng.choice((0, 2, 4)), []
            for _ in syllabify_line(text, "id"):
                steps.append(tonic + scale[at])
                at = min(7, max(0, at + rng.choice((-2, -1, -1, 0, 1, 1, 2))))
            lines.append((text, steps))
        song = lines_song(lines, bpm=rng.choice((76, 92, 110)), last=960, rest=480)
        _, singing = sung(song, voice, seed + number)
        sound = (by_hum if number % 2 else by_voice)(singing, voice, seed + number)
        yield f"{name}-{number}", resample(sound[None].astype(np.float32), SUNG_RATE, HEARD_RATE)[0].astype(np.float64)


def _loaded(path: Path) -> Sound:
    return load_audio(path, sample_rate=HEARD_RATE, mono=True).samples[0].astype(np.float64)


def shift_table(seed: int) -> None:
    """How far a worse recording moves arousal: mean and largest distance."""
    rng = np.random.default_rng(seed)
    draw = random.Random(seed)
    voices = [
        speak(seed=seed + n, seconds=14, hz=draw.choice((105, 125, 190, 215)), semitones=draw.uniform(1.2, 4),
              rate=draw.uniform(3.2, 5.8), tilt=draw.choice((0.00012, 0.00025, 0.0005)), noise=draw.uniform(18, 30),
              pauses=((4, 4 + draw.uniform(0.4, 1.5)), (9, 9 + draw.uniform(0.3, 1)))).samples
        for n in range(10)
    ]  # fmt: skip
    voices += [resample(sound[None].astype(np.float32), HEARD_RATE, RATE)[0].astype(np.float64)
               for _, sound in spoken(None)][::3]  # fmt: skip
    plain = [read(voice).feeling.arousal for voice in voices]
    print(f"\n{len(voices)} voices, arousal {min(plain):.2f} to {max(plain):.2f}\n")
    print("| worsened by | mean distance | largest | unread |\n|---|---|---|---|")
    for how in WORSE:
        found = [read(worsened(voice, how, rng)).feeling for voice in voices]
        away = [abs(f.arousal - p) for f, p in zip(found, plain, strict=True) if f.readable]
        print(f"| {how} | {np.mean(away):.3f} | {max(away):.2f} | {sum(not f.readable for f in found)} |")


def kind_table(songs: Path | None, speech: Path | None, seed: int) -> None:
    """What is taken for a voice."""
    rng = np.random.default_rng(seed)
    right: dict[tuple[str, str], list[bool]] = defaultdict(list)

    def judge(group: str, name: str, sound: Sound, voice: bool) -> None:
        for how in ("plain", "telephone", "noise 20 dB", "room"):
            worse = worsened(sound, how, rng, HEARD_RATE).astype(np.float32)
            good = (kind_of(hear([worse]), worse) == VOICE) == voice
            right[group, how].append(good)
            if not good:
                print(f"  wrong: {group} {name}, {how}")

    def excerpt(sound: Sound, least: float) -> Sound | None:
        for _ in range(20):
            seconds = int(rng.integers(8, 30))
            start = int(rng.integers(0, max(len(sound) // HEARD_RATE - seconds, 1))) * HEARD_RATE
            part = sound[start : start + seconds * HEARD_RATE]
            if np.mean(np.abs(part) > 0.01) > least:
                return part
        return None

    each: Callable[[Path], list[Path]] = lambda place: sorted(p for p in place.iterdir() if (p / "song.wav").is_file())  # noqa: E731
    for folder in each(songs)[1::2] if songs else []:
        whole = _loaded(folder / "song.wav")
        for name, part in (("whole", whole), ("part", excerpt(whole, 0.05))):
            if part is not None:
                judge(f"song, {name}", folder.name, part, voice=False)
        for stem in sorted((folder / "stems").glob("01-vo*.flac")):
            part = excerpt(_loaded(stem), 0.2)
            if part is not None:
                judge("vocal stem, part", folder.name, part, voice=True)
    for name, sound in spoken(speech):
        judge("speech", name, sound, voice=True)
    for name, sound in hummed():
        judge("hum or sung line", name, sound, voice=True)
    print("\n| recordings | worsened by | right |\n|---|---|---|")
    for (group, how), found in sorted(right.items()):
        print(f"| {group} | {how} | {sum(found)} of {len(found)} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--praat", metavar="PYTHON", help="a Python that has praat-parselmouth")
    parser.add_argument("--songs", type=Path, metavar="DIR", help="a folder of song folders with stems")
    parser.add_argument("--speech", type=Path, metavar="DIR", help="a folder of spoken WAV files")
    parser.add_argument("--only", choices=("made", "worse", "kinds"), help="one table")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    if given.only in (None, "made"):
        made_table(given.praat, given.seed)
    if given.only in (None, "worse"):
        shift_table(given.seed)
    if given.only in (None, "kinds"):
        kind_table(given.songs, given.speech, given.seed)


if __name__ == "__main__":
    main()
