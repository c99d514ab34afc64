"""What each player of the gamelan makes of the balungan: rule tables of garap.

- **Balungan** on slenthem, demung and saron in unison, each in its one octave.
- **Peking** strikes each tone twice in irama tanggung, on the half beat before and on the beat; from dadi on pairs of
  tones in turn (a a b b a a b b).
- **Bonang** in mipil takes the tones of the balungan in pairs and comes to the second one with it: lamba (a b a b),
  dados (a b a . a b a b) and rangkep (a b a . a b a . a b a . a b a b), by irama, the panerus twice as dense as the
  barung; on a tone that stays, and in a lancaran in irama lancar, octaves (gembyang) off the beat ("Materi Karawitan
  Bonangan", scribd 324801806, for the names by irama and the rhythm 2 1 2 . 2 1 2 1; h2rimuly.blogspot.com 2015, "Cara
  menabuh bonang", for the gembyang of the gatra's last tone in a lancaran).
- **Kenong** sounds the tone of its gatra's end, **kempul** the tone of its beat; **kethuk** 2 and **kempyang** 1 high
  in slendro, 6 in pelog; the gong ageng is a 6, the gong suwukan of a lancaran a 2: commonly stated; sets differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from senandung.composing.gamelan.gender import play_gender
from senandung.composing.gamelan.kendang import play_kendang
from senandung.composing.gamelan.laid import Laid, LaidGatra
from senandung.domain.gendhing import DIGITS, Tone
from senandung.domain.song import Note, tidy_notes
from senandung.domain.time import TICKS_PER_QUARTER, Tick

MIPIL: Mapping[int, str] = MappingProxyType(
    {
        1: "b",
        2: "ab",
        4: "abab",
        8: "aba.abab",
        16: "aba.aba.aba.abab",
        32: "aba.aba.aba.aba.aba.aba.aba.abab",
    }
)
"""A pair of tones by the number of its strokes; the last one falls together with the balungan's second tone."""

PEKING: Mapping[int, str] = MappingProxyType(
    {1: "b", 2: "ab", 4: "aabb", 8: "aabbaabb", 16: "aabb" * 4, 32: "aabb" * 8}
)
"""The same for the peking."""

GEMBYANG = "x."
"""Octaves: a stroke off the beat, and none on it."""

LOUDNESS: Mapping[str, int] = MappingProxyType(
    {
        "balungan": 82, "slenthem": 76, "peking": 66, "bonang-barung": 76, "bonang-panerus": 66, "kenong": 84,
        "kempul": 82, "kethuk": 64, "kempyang": 54, "gong": 96,
    }
)  # fmt: skip
"""Velocity of a plain stroke; a gatra's last tone is louder by `SELEH`."""

SELEH = 6
RING: Tick = 8 * TICKS_PER_QUARTER
"""How long a kenong or kempul is written at most: what rings on needs no longer note."""


def fold(tone: Tone, laras: str, before: Tone | None = None, after: Tone | None = None) -> Tone:
    """The tone in the one octave of a saron, from 6 low to 1 high in slendro and from 1 to 7 in pelog.

    Where the slendro bars hold it twice (6 and 1), the one that is nearer to the tones `before` and `after` is struck;
    the one of its own octave where both are as near.

    >>> [str(fold(Tone(octave, 6), "slendro")) for octave in (-1, 0, 1)], str(fold(Tone(1, 2), "pelog"))
    (['6,', '6', '6'], '2')
    >>> str(fold(Tone(-1, 6), "slendro", Tone(0, 5))), str(fold(Tone(1, 1), "slendro", Tone(0, 2)))
    ('6', '1')
    """
    places = {6: (Tone(-1, 6), Tone(0, 6)), 1: (Tone(0, 1), Tone(1, 1))}.get(tone.digit, ())
    if laras != "slendro" or not places:
        return Tone(0, tone.digit)
    own = min(places, key=lambda row: abs(row.octave - tone.octave))
    around = [row for row in (before, None if after is None else Tone(0, after.digit)) if row is not None]
    return min(places, key=lambda row: (sum(abs(_counted(row) - _counted(near)) for near in around), row != own))


def _counted(tone: Tone) -> int:
    """The place of a slendro tone, counted in tones."""
    return 5 * tone.octave + DIGITS["slendro"].index(tone.digit)


def sounding(gatra: LaidGatra, before: Tone) -> tuple[Tone, ...]:
    """The four tones that are felt in a gatra: a rest goes on with the tone before it.

    A gatra that begins with rests (. . 6 .) is felt on its own tone, and one on every second beat is a pair.
    """
    tones = gatra.gatra.tones
    first = next(tone for tone in tones if tone is not None)
    felt: list[Tone] = []
    for number, tone in enumerate(tones):
        if tone is not None:
            felt.append(tone)
        elif number and felt and not (number < 2 and tones[0] is None):
            felt.append(felt[-1])
        else:
            felt.append(first if tones[0] is None else before)
    return tuple(felt)


def pairs(gatra: LaidGatra) -> tuple[tuple[Tone, Tone, int], ...]:
    """The pairs of tones that are elaborated, with the beats that each spans: two of two beats, or one of four."""
    tones = gatra.gatra.tones
    if gatra.gatra.nibani:
        first, last = tones[1], tones[3]
        assert first is not None and last is not None
        return ((first, last, 4),)
    felt = sounding(gatra, next(tone for tone in tones if tone is not None))
    return ((felt[0], felt[1], 2), (felt[2], felt[3], 2))


def balungan_part(laid: Laid, octaves: int, velocity: int) -> tuple[Note, ...]:
    """The balungan in one octave; each tone is held until the next one is struck."""
    rows: list[tuple[Tick, Tone, int]] = []
    for gatra in laid.played:
        for number, tone in enumerate(gatra.gatra.tones):
            if tone is not None:
                late = TICKS_PER_QUARTER // 2 if gatra.last and number == 3 else 0  # the suwuk: after the gong
                rows.append((gatra.beat(number) + late, tone, velocity + SELEH * (number == 3)))
    ends = [at for at, _, _ in rows[1:]] + [laid.end]
    following = [tone for _, tone, _ in rows[1:]] + [None]
    laras = laid.pathet.laras
    notes, folded = [], None
    for (at, tone, loud), end, after in zip(rows, ends, following, strict=True):
        folded = fold(tone, laras, folded, after)
        notes.append(Note(at, end - at, folded.midi(laid.tuning, laras, octaves), loud))
    return tidy_notes(notes)


def slenthem(laid: Laid) -> tuple[Note, ...]:
    """The balungan an octave below the demung."""
    return balungan_part(laid, -1, LOUDNESS["slenthem"])


def demung(laid: Laid) -> tuple[Note, ...]:
    """The balungan in the middle octave."""
    return balungan_part(laid, 0, LOUDNESS["balungan"])


def saron(laid: Laid) -> tuple[Note, ...]:
    """The balungan an octave above the demung."""
    return balungan_part(laid, 1, LOUDNESS["balungan"])


def peking(laid: Laid) -> tuple[Note, ...]:
    """The balungan doubled by irama, two octaves above the demung."""
    notes: list[Note] = []
    folded: Tone | None = None
    for gatra in laid.played:
        for place, (first, second, beats) in enumerate(pairs(gatra)):
            strokes = PEKING[gatra.density.peking * beats]
            step = beats * TICKS_PER_QUARTER // len(strokes)
            end = gatra.beat(3 if beats == 4 or place else 1)
            for number, letter in enumerate(strokes, 1):
                at = end - (len(strokes) - number) * step
                folded = fold(first if letter == "a" else second, laid.pathet.laras, folded)
                midi = folded.midi(laid.tuning, laid.pathet.laras, 2)
                notes.append(Note(at, step, midi, LOUDNESS["peking"] + SELEH * (number == len(strokes))))
    return _rung(notes, laid.end)


def bonang_barung(laid: Laid) -> tuple[Note, ...]:
    """The buka in octaves, then mipil or gembyang by irama."""
    return _bonang(laid, 1, 0, LOUDNESS["bonang-barung"], buka=True)


def bonang_panerus(laid: Laid) -> tuple[Note, ...]:
    """As the barung, an octave higher and twice as dense."""
    return _bonang(laid, 2, 1, LOUDNESS["bonang-panerus"], buka=False)


def _bonang(laid: Laid, times: int, octaves: int, velocity: int, *, buka: bool) -> tuple[Note, ...]:
    notes: list[Note] = []
    laras = laid.pathet.laras

    def strike(at: Tick, tone: Tone, length: Tick, louder: int, *, octave: bool) -> None:
        rows = (0, 1) if octave else (1,) if tone.octave >= 1 else (0,)
        for row in rows:
            midi = Tone(row, tone.digit).midi(laid.tuning, laras, octaves)
            notes.append(Note(at, length, midi, velocity + louder))

    for gatra in laid.gatra:
        if gatra.buka:
            for number, tone in enumerate(gatra.gatra.tones if buka else ()):
                if tone is not None:
                    strike(gatra.beat(number), tone, TICKS_PER_QUARTER, SELEH, octave=True)
            continue
        dense = gatra.density.peking * times
        if laid.cycle.name == "lancaran" and gatra.density.name == "lancar":
            seleh = sounding(gatra, laid.pathet.tone(gatra.gatra.seleh))[3]
            step = TICKS_PER_QUARTER // (2 * times)
            for number in range(4 * times):
                strike(gatra.beat(0) - TICKS_PER_QUARTER + (2 * number + 1) * step, seleh, step, 0, octave=True)
            continue
        for place, (first, second, beats) in enumerate(pairs(gatra)):
            strokes = MIPIL[dense * beats]
            step = beats * TICKS_PER_QUARTER // len(strokes)
            end = gatra.beat(3 if beats == 4 or place else 1)
            stays = first.digit == second.digit
            if stays:
                strokes = (GEMBYANG * len(strokes))[: len(strokes)]
            for number, letter in enumerate(strokes, 1):
                at = end - (len(strokes) - number) * step
                if letter != ".":
                    tone = first if letter == "a" else second
                    strike(at, tone, step, SELEH * (number == len(strokes)), octave=stays)
    return _rung(notes, laid.end)


def _rung(notes: list[Note], end: Tick) -> tuple[Note, ...]:
    """Each note held until the next stroke of the instrument, two beats at most; the last ones to the end."""
    ordered = sorted(notes)
    onsets = sorted({note.onset for note in ordered})
    following = dict(zip(onsets, [*onsets[1:], end], strict=True))
    longest = 2 * TICKS_PER_QUARTER
    held = []
    for note in ordered:
        until = following[note.onset]
        length = end - note.onset if note.onset == onsets[-1] else min(until - note.onset, longest)
        held.append(Note(note.onset, length, note.pitch, note.velocity))
    return tidy_notes(held)


def _strokes(laid: Laid, instrument: str) -> list[tuple[LaidGatra, int]]:
    """Where the cycle has an instrument: the gatra and its beat, 0 to 3."""
    beats = laid.cycle.beats_of(instrument)
    return [(gatra, at) for gatra in laid.played for at in range(4) if 4 * gatra.number + at + 1 in beats]


def _struck(laid: Laid, velocity: int, strokes: Sequence[tuple[Tick, Tone]], ring: Tick) -> tuple[Note, ...]:
    """Strokes that ring until the next one, `ring` at most."""
    ends = [at for at, _ in strokes[1:]] + [laid.end]
    laras = laid.pathet.laras
    return tidy_notes(
        Note(at, min(end - at, ring), tone.midi(laid.tuning, laras), velocity)
        for (at, tone), end in zip(strokes, ends, strict=True)
    )


def kenong(laid: Laid) -> tuple[Note, ...]:
    """The tone on which each kenong phrase ends, from 2 up to 1 high."""
    struck = []
    for gatra, at in _strokes(laid, "kenong"):
        digit = laid.pathet.tone(gatra.gatra.seleh).digit
        struck.append((gatra.beat(at), Tone(1 if digit == 1 else 0, digit)))
    return _struck(laid, LOUDNESS["kenong"], struck, RING)


def kempul(laid: Laid) -> tuple[Note, ...]:
    """The tone of the balungan at the kempul's beat, from 3 low up to 2."""
    struck = []
    for gatra, at in _strokes(laid, "kempul"):
        felt = sounding(gatra, laid.pathet.tone(gatra.gatra.seleh))[at]
        struck.append((gatra.beat(at), Tone(0 if felt.digit in (1, 2) else -1, felt.digit)))
    return _struck(laid, LOUDNESS["kempul"], struck, RING)


def kethuk(laid: Laid) -> tuple[Note, ...]:
    """One kettle."""
    struck = [(gatra.beat(at), Tone(0, 2)) for gatra, at in _strokes(laid, "kethuk")]
    return _struck(laid, LOUDNESS["kethuk"], struck, TICKS_PER_QUARTER)


def kempyang(laid: Laid) -> tuple[Note, ...]:
    """One kettle, or the pair of the pelog set, here one."""
    high = Tone(1, 1) if laid.pathet.laras == "slendro" else Tone(0, 6)
    struck = [(gatra.beat(at), high) for gatra, at in _strokes(laid, "kempyang")]
    return _struck(laid, LOUDNESS["kempyang"], struck, TICKS_PER_QUARTER)


def gong(laid: Laid) -> tuple[Note, ...]:
    """The gong ageng at the end of the buka, of every gongan and of the piece; in a lancaran mostly the suwukan."""
    ageng, suwukan = Tone(-3, 6), Tone(-2, 2)
    struck: list[tuple[Tick, Tone]] = []
    for at, gatra in enumerate(laid.gatra):
        ends = gatra.number == laid.cycle.gatra - 1
        if gatra.buka:
            ends = not laid.gatra[at + 1].buka
        if ends:
            changes = at + 1 == len(laid.gatra) or laid.gatra[at + 1].section != gatra.section
            struck.append((gatra.end, suwukan if laid.cycle.name == "lancaran" and not changes else ageng))
    return _struck(laid, LOUDNESS["gong"], struck, laid.end)


FIGURES: Mapping[str, Callable[[Laid], tuple[Note, ...]]] = MappingProxyType(
    {
        "slenthem": slenthem,
        "demung": demung,
        "saron": saron,
        "peking": peking,
        "bonang-barung": bonang_barung,
        "bonang-panerus": bonang_panerus,
        "kenong": kenong,
        "kempul": kempul,
        "kethuk": kethuk,
        "kempyang": kempyang,
        "gong": gong,
        "gender": play_gender,
        "kendang": play_kendang,
    }
)
"""What a player of a gamelan style may name as its pattern."""
