"""The performance's clock: the score's tempo map, a breath before the first note, rubato, and the final ritardando.

Final ritardando: Friberg & Sundberg (1999), "Does music performance allude to locomotion?", J. Acoust. Soc. Am. 105(3):
v(x) = (1 + (w^q - 1) x)^(1/q), where x runs from 0 to 1 over the ritardando in score time, v is the tempo as a share of
the tempo before it, w its share at the end; q = 3 was preferred by listeners with w of about one half or less. The rule
"Final ritard" of Friberg, Bresin & Sundberg (2006), Advances in Cognitive Psychology 2(2-3), is the same, with
w = 1 / (1 + 3 k). "Phrase arch" of the same system makes a phrase's beginning 10 % and its end 20 % slower (k = 1), the
more the nearer, as a parabola; here a phrase keeps its length, so that what is taken is given back. All players follow
the one clock (*Melodic synchronisation*).
"""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass

from senandung.domain.song import Song
from senandung.domain.tempo import TempoMap
from senandung.domain.time import Second, Tick
from senandung.performing.phrases import bar_phrases
from senandung.performing.rules import strength

LEAD_IN: Second = 0.1
"""Seconds before tick 0: room for a player who is early, and for the recording's fade-in."""

RITARD_CURVATURE = 3.0
"""q of the final ritardando."""

RITARD_BEATS = 4
"""Its length in beats; at most a quarter of the song."""

STARTS_LONGER, ENDS_LONGER = 0.1, 0.2
"""What k = 1 of the phrase arch adds to the time of a phrase's beginning and of its end."""

TURN = 0.4
"""Where a phrase is quickest, as a share of its length."""

SECTION_END, WITHIN_PAIR = 1.25, 0.6
"""The arch of a section's last phrase (Director Musices' default is 1.3), and of the first of two phrases."""

STEADY = ("keroncong", "langgam", "dangdut", "campursari", "lancaran", "ketawang", "ladrang", "gamelan")
"""Styles whose players keep the beat for each other, drums or not, by the beginning of their names."""


ALONE_STYLES = ("keroncong", "langgam")
"""Styles in which one begins alone, by the beginning of their names."""


LONGEST_OPENING = 8
"""Bars."""


@dataclass(frozen=True)
class Clock:
    """Seconds of the performance for ticks of the song.

    `ritard_from`, `ritard_to` in ticks; `ritard_end` the share of the tempo that is left at the end, 1 for none.
    `phrases` (first tick, end tick, weight), each bent by its weight times `rubato` times the phrase arch.
    """

    tempo_map: TempoMap
    ritard_from: Tick
    ritard_to: Tick
    ritard_end: float
    phrases: tuple[tuple[Tick, Tick, float], ...] = ()
    rubato: float = 0.0

    @classmethod
    def of(cls, song: Song, arousal: float, humanise: float = 1.0) -> Clock:
        """The clock of a song; the calmer it ends (`arousal`, -1..1), the more it slows down. `humanise`: the dial."""
        end = max((note.onset for track in song.tracks for note in track.notes), default=0)
        beat = song.metre_at(end).beat_ticks
        start = max(end - RITARD_BEATS * beat, end * 3 // 4)
        # The share of the tempo at dial 1; the rule's k is that of a song that ends neither calm nor lively.
        share = 0.62 + 0.16 * max(min(arousal, 1.0), -1.0)
        k = (1 / share - 1) / 3 * strength("final ritard", humanise) / strength("final ritard", 1)
        if song.keys[0].key.laras:
            k = 0.0  # a gendhing's suwuk stands in its tempos
        banded = song.provenance.style.startswith(STEADY) or any(track.sound.drum for track in song.tracks)
        rubato = strength(f"phrase arch, tempo, {'band' if banded else 'free'}", humanise)
        phrases = _weighed(song) if rubato else ()
        free, alone = opening(song), strength("phrase arch, tempo, alone", humanise)
        if free and alone:  # its phrases bend by a rule of their own
            bent = tuple((first, last, weight * rubato) for first, last, weight in phrases if first >= free)
            phrases, rubato = (*((first, last, alone) for first, last in _opening_spans(song, free)), *bent), 1.0
        return cls(song.tempo_map, start, end, 1 / (1 + 3 * k) if start < end else 1.0, phrases, rubato)

    def seconds(self, tick: Tick) -> Second:
        """When a tick is played, by the clock that all players share; rises strictly with the tick."""
        scored = self._bent(tick)
        if self.ritard_end >= 1.0 or tick <= self.ritard_from:
            return LEAD_IN + scored
        start = self._bent(self.ritard_from)
        length = self._bent(self.ritard_to) - start
        q, fall = RITARD_CURVATURE, math.pow(self.ritard_end, RITARD_CURVATURE) - 1.0
        x = min((scored - start) / length, 1.0)
        # The integral of 1 / v(x): how long the ritardando takes up to x.
        slowed = length * (math.pow(1.0 + fall * x, 1.0 - 1.0 / q) - 1.0) / (fall * (1.0 - 1.0 / q))
        after = max(scored - start - length, 0.0) / self.ritard_end
        return LEAD_IN + start + slowed + after

    def _bent(self, tick: Tick) -> Second:
        """The score's seconds at a tick, with the rubato of the phrase that holds it."""
        scored = self.tempo_map.ticks_to_seconds(tick)
        number = bisect.bisect_right(self.phrases, (tick, math.inf)) - 1
        if number < 0 or tick >= self.phrases[number][1]:
            return scored
        begin, end, weight = self.phrases[number]
        first, last = (self.tempo_map.ticks_to_seconds(edge) for edge in (begin, end))
        return first + (last - first) * arch_time((scored - first) / (last - first), self.rubato * weight)


def _weighed(song: Song) -> tuple[tuple[Tick, Tick, float], ...]:
    """The phrases with what their arches weigh: most where a section ends, little in the middle of a pair."""
    spans = bar_phrases(song)
    ends = {section.end for section in song.sections} | {spans[-1][1]} if spans else set()
    found: list[tuple[Tick, Tick, float]] = []
    back = 0
    for first, last in reversed(spans):
        back = 0 if last in ends else back + 1
        found.append((first, last, SECTION_END if back == 0 else WITHIN_PAIR if back % 2 else 1.0))
    return tuple(reversed(found))


def opening(song: Song) -> Tick:
    """Where the band of keroncong comes in after a voorspel, or after a singer who begins alone; 0 where it begins.

    Both are free in time (*ad libitum* in Nugroho 2015, a recitative in Harmunah 1994).
    """
    if not song.provenance.style.startswith(ALONE_STYLES):
        return 0
    onsets = [note.onset for track in song.tracks if track.role == "bass" for note in track.notes[:1]]
    first = min(onsets, default=0)
    return first if first <= LONGEST_OPENING * song.metres[0].metre.bar_ticks else 0


def _opening_spans(song: Song, until: Tick) -> list[tuple[Tick, Tick]]:
    """The opening by two bars, each a phrase that gathers speed and lingers at its end."""
    span = 2 * song.metres[0].metre.bar_ticks
    return [(tick, min(tick + span, until)) for tick in range(0, until, span)]


def arch_time(x: float, k: float) -> float:
    """How much of a phrase's time has passed at the share x of its score, with k times the phrase arch in its tempo.

    >>> arch_time(0.0, 1), arch_time(1.0, 1), arch_time(0.3, 0)
    (0.0, 1.0, 0.3)
    >>> arch_time(0.1, 1) > 0.1, arch_time(0.9, 1) < 0.9
    (True, True)
    """
    whole = 1 + k * (STARTS_LONGER * TURN + ENDS_LONGER * (1 - TURN)) / 3
    before = 1 - max(1 - x / TURN, 0.0) ** 3
    after = max((x - TURN) / (1 - TURN), 0.0) ** 3
    return (x + k * (STARTS_LONGER * TURN * before + ENDS_LONGER * (1 - TURN) * after) / 3) / whole
