"""A recording of music → a feeling over time: windows of four seconds, each with what drives it.

The rules read every window as it sounds; the learned reader looks past the room, the crowd and the device. Where a
crowd or applause is heard and no music, nothing is read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import Heard
from senandung.domain.feeling import Evidence, Feeling, basic_near, nearest_words
from senandung.domain.reading import FeltSpan, Moment, Reading
from senandung.domain.scales import key_of_pitch_class
from senandung.sensing.sound.crowd import KINDS, smoothed, texture
from senandung.sensing.sound.cues import Cues, find_cues
from senandung.sensing.sound.moments import LIKELY, moments_of_kinds, peaks
from senandung.sensing.sound.rules import RECORDING, RULES, Felt, feel_window, moved_to
from senandung.sensing.sound.sections import find_sections
from senandung.sensing.sound.steady import CHANGING, SteadyReader
from senandung.sensing.sound.surroundings import SPAN, look_around, middles
from senandung.sensing.sound.weights import shipped_readers

SPREADS = MappingProxyType({"song": (0.5, 0.35), "concert": (0.65, 0.6)})
"""Spread of valence and of arousal: what music says of a feeling without its words is wide, a live recording wider."""

SILENT = -100.0
"""Loudness in dB at which nothing sounds."""

SHORTEST = 3.0
"""Seconds of music that is not silence, below which nothing is read."""

NOISE = (0.55, 0.15)
"""Clarity of the key and of the beat below which, both together, a sound is noise and no music."""

CLEARLY = 0.9
"""Probability of music from which on it is read although people are heard."""

LONGEST_FORM = 900.0
"""Seconds of a recording whose sections are told: of a whole concert they are too many to read."""

LIVE, LIVE_SHARE = 10.0, 0.04
"""Seconds, and share of the whole, of applause and crowds from which on a recording is a concert's; a choir is none."""


@dataclass(frozen=True, eq=False)
class SongReading:
    """What was read of a recording of music.

    Parameters
    ----------
    feeling : of the whole.
    windows : the feeling over time; silent windows and those of a crowd without music are left out.
    cues : what was heard.
    moments : applause, crowds, singing along, peaks, in order of time.
    kind : "song", or "concert" where people are heard often enough.
    sections : seconds at which sections begin, without the first.
    """

    feeling: Feeling
    windows: tuple[Felt, ...]
    cues: Cues
    moments: tuple[Moment, ...] = ()
    kind: str = "song"
    sections: tuple[float, ...] = ()

    def reading(self, name: str) -> Reading:
        """The reading as of a trace that is called `name`."""
        curve = tuple(FeltSpan(w.start, w.end, w.valence, w.arousal, w.lead) for w in self.windows)
        remarks: tuple[str, ...] = ()
        if self.cues.loudness <= SILENT:
            remarks = ("it is silent",)
        elif not self.feeling.readable:
            remarks = ("no music could be told in it",)
        elif self.kind == "concert":
            remarks = ("a concert: applause and crowds are left out of the feeling, and its spread is wider",)
        return Reading(
            self.kind,
            name,
            self.feeling,
            curve=curve,
            moments=self.moments,
            facts=MappingProxyType(self.facts),
            remarks=remarks,
        )

    @property
    def facts(self) -> dict[str, float | str]:
        """Tempo, key and the like, for a person; of silence its length alone."""
        if self.cues.loudness <= SILENT:
            return {"seconds": round(self.cues.seconds, 2)}
        key, beats = self.cues.key, self.cues.beats
        begin = " ".join(f"{int(second) // 60}:{int(second) % 60:02}" for second in self.sections)
        return {
            "seconds": round(self.cues.seconds, 2),
            "tempo": round(beats.tempo, 1),
            "pulse": round(beats.clarity, 2),
            "key": str(key_of_pitch_class(key.tonic, "minor" if key.minor else "major")),
            "key_confidence": round(key.confidence, 2),
            "tuning_cents": round(self.cues.tuning, 1),
            "onsets_a_second": round(len(self.cues.onsets) / max(self.cues.seconds, 1e-3), 2),
            "loudness_db": round(self.cues.loudness, 1),
            **({"sections": begin} if begin else {}),
        }


def read_song(heard: Heard, said: str | None = None) -> SongReading:
    """Read the feeling of music; the whole is unread where less than `SHORTEST` seconds of music sound.

    The whole is the mean of the windows, the more stirring half of it counting twice: what is intense is remembered.

    Parameters
    ----------
    said : "song" or "concert" where the person says what it is; None hears it.
    """
    steady, crowd = shipped_readers()
    cues = find_cues(heard)
    sounding = [place for place, window in enumerate(cues.windows) if not window.silent]
    if cues.loudness <= SILENT or _seconds(cues, sounding) < SHORTEST:
        return SongReading(Feeling.unread(), (), cues)
    rows = np.array([texture(heard, cues.struck, w.start, w.end) for w in cues.windows])
    chances = smoothed(crowd.read(rows))
    chances[[window.silent for window in cues.windows]] = 0
    people = chances[:, [place for place, kind in enumerate(KINDS) if kind in ("applause", "crowd")]].max(axis=1)
    playing = chances[:, KINDS.index("music")]
    music = [at for at in sounding if people[at] < LIKELY or playing[at] > CLEARLY]
    moments = moments_of_kinds(cues.windows, chances)
    live = math.fsum(moment.end - moment.start for moment in moments if moment.what != "singing along")
    kind = said or ("concert" if live >= max(LIVE, LIVE_SHARE * cues.seconds) else "song")
    if _seconds(cues, music) < SHORTEST or _only_noise(cues, music):
        return SongReading(Feeling.unread(), (), cues, tuple(moments), kind)
    windows = steadied(heard, cues, music, steady)
    alone = [place for place in music if people[place] < LIKELY]
    # Applause over a fading song is no peak of the music; but a crowd may be heard through all of a recording.
    moments += peaks([cues.windows[place] for place in (alone if 2 * len(alone) >= len(music) else music)])
    moments.sort(key=lambda moment: (moment.start, moment.end))
    sections = find_sections(heard) if cues.seconds <= LONGEST_FORM else ()
    return SongReading(_whole(windows, *SPREADS[kind]), windows, cues, tuple(moments), kind, sections)


def steadied(heard: Heard, cues: Cues, music: Sequence[int], reader: SteadyReader) -> tuple[Felt, ...]:
    """The feeling of the windows of music, what their recording did to it looked past.

    Parameters
    ----------
    music : the places of the windows of music.
    """
    chosen = [cues.windows[place] for place in music]
    felt = [feel_window(window) for window in chosen]
    told = np.array([(each.valence, each.arousal) for each in felt])
    changing = np.array([[getattr(window, name) for name in CHANGING] for window in chosen])
    at = np.array([(window.start + window.end) / 2 for window in chosen])
    centres, stretches, means, usual = [], [], [], []
    for middle in middles(cues.seconds):
        inside = np.abs(at - middle) <= SPAN / 2
        if inside.any():
            centres.append(middle)
            stretches.append(look_around(heard, cues.struck, chosen, middle))
            means.append(told[inside].mean(axis=0))
            usual.append(changing[inside].mean(axis=0))
    read = reader.read(np.array(stretches), np.array(means))
    apart = reader.stand_out(changing - _between(at, centres, np.array(usual)))
    places = _between(at, centres, read) + apart
    return tuple(moved_to(each, *map(float, place)) for each, place in zip(felt, places, strict=True))


def _between(at: NDArray[np.float64], centres: Sequence[float], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows at some times, straight between those at `centres`."""
    return np.stack([np.interp(at, centres, column) for column in rows.T], axis=1)


def _only_noise(cues: Cues, places: Sequence[int]) -> bool:
    """Whether nothing in it has a key or a beat: rain, a running tap."""
    clarity, pulse = (
        float(np.median([getattr(cues.windows[place], name) for place in places])) for name in ("clarity", "pulse")
    )
    return clarity < NOISE[0] and pulse < NOISE[1]


def _seconds(cues: Cues, places: Sequence[int]) -> float:
    """How long some windows last together, counted without their overlap."""
    total, until = 0.0, 0.0
    for place in places:
        window = cues.windows[place]
        total += max(0.0, window.end - max(window.start, until))
        until = window.end
    return total


def _whole(windows: Sequence[Felt], valence_spread: float, arousal_spread: float) -> Feeling:
    middle = sorted(felt.arousal for felt in windows)[len(windows) // 2]
    weights = [2.0 if felt.arousal >= middle else 1.0 for felt in windows]
    total = math.fsum(weights)
    valence = math.fsum(w * felt.valence for w, felt in zip(weights, windows, strict=True)) / total
    arousal = math.fsum(w * felt.arousal for w, felt in zip(weights, windows, strict=True)) / total
    return Feeling(
        valence,
        arousal,
        valence_spread,
        arousal_spread,
        basic_near(valence, arousal, valence_spread, arousal_spread),
        nearest_words(valence, arousal),
        _evidence(windows, weights, total),
    )


def _evidence(windows: Sequence[Felt], weights: Sequence[float], total: float) -> tuple[Evidence, ...]:
    """For each rule what it moved over the whole, the strongest first."""
    sides = {rule.name: rule for rule in RULES}
    moved = {
        name: tuple(
            math.fsum(w * felt.shares[name][axis] for w, felt in zip(weights, windows, strict=True)) / total
            for axis in (0, 1)
        )
        for name in (*sides, RECORDING)
    }
    size = math.fsum(math.hypot(*share) for share in moved.values()) or 1.0
    pieces = []
    for name in sorted(moved, key=lambda name: -math.hypot(*moved[name])):
        valence, arousal = moved[name]
        weight = math.hypot(valence, arousal) / size
        if weight < 0.02:
            continue
        told = "room and device looked past"
        if name in sides:
            rule = sides[name]
            # The weights of a rule are not negative but for a few: its larger weight tells the side.
            main = (valence, rule.valence) if abs(rule.valence) > abs(rule.arousal) else (arousal, rule.arousal)
            told = rule.high if main[0] * main[1] > 0 else rule.low
        pieces.append(Evidence(told, max(-1, min(1, valence)), max(-1, min(1, arousal)), weight, name))
    return tuple(pieces)
