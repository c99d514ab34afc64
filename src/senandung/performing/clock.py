"""The performance's clock: the score's tempo map, a breath before the first note, and the final ritardando.

Final ritardando: Friberg & Sundberg (1999), "Does music performance allude to locomotion?", J. Acoust. Soc. Am. 105(3):
v(x) = (1 + (w^q - 1) x)^(1/q), where x runs from 0 to 1 over the ritardando in score time, v is the tempo as a share of
the tempo before it, w its share at the end; q = 3 was preferred by listeners with w of about one half or less. The rule
"Final ritard" of Friberg, Bresin & Sundberg (2006), Advances in Cognitive Psychology 2(2-3), is the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from senandung.domain.song import Song
from senandung.domain.tempo import TempoMap
from senandung.domain.time import Second, Tick

LEAD_IN: Second = 0.1
"""Seconds before tick 0: room for a player who is early, and for the recording's fade-in."""

RITARD_CURVATURE = 3.0
"""q of the final ritardando."""

RITARD_BEATS = 4
"""Its length in beats; at most a quarter of the song."""


@dataclass(frozen=True)
class Clock:
    """Seconds of the performance for ticks of the song.

    `ritard_from`, `ritard_to` in ticks; `ritard_end` the share of the tempo that is left at the end, 1 for none.
    """

    tempo_map: TempoMap
    ritard_from: Tick
    ritard_to: Tick
    ritard_end: float

    @classmethod
    def of(cls, song: Song, arousal: float) -> Clock:
        """The clock of a song: the calmer it ends (`arousal`, -1..1), the more it slows down."""
        end = max((note.onset for track in song.tracks for note in track.notes), default=0)
        beat = song.metre_at(end).beat_ticks
        start = max(end - RITARD_BEATS * beat, end * 3 // 4)
        share = 0.62 + 0.16 * max(min(arousal, 1.0), -1.0)
        return cls(song.tempo_map, start, end, share if start < end else 1.0)

    def seconds(self, tick: Tick) -> Second:
        """When a tick is played, by the clock that all players share; rises strictly with the tick."""
        scored = self.tempo_map.ticks_to_seconds(tick)
        if self.ritard_end >= 1.0 or tick <= self.ritard_from:
            return LEAD_IN + scored
        start = self.tempo_map.ticks_to_seconds(self.ritard_from)
        length = self.tempo_map.ticks_to_seconds(self.ritard_to) - start
        q, fall = RITARD_CURVATURE, math.pow(self.ritard_end, RITARD_CURVATURE) - 1.0
        x = min((scored - start) / length, 1.0)
        # The integral of 1 / v(x): how long the ritardando takes up to x.
        slowed = length * (math.pow(1.0 + fall * x, 1.0 - 1.0 / q) - 1.0) / (fall * (1.0 - 1.0 / q))
        after = max(scored - start - length, 0.0) / self.ritard_end
        return LEAD_IN + start + slowed + after
