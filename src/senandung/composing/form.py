"""The form: which sections in which order, how long, how full, and how many lines each sings.

A form is taken from the wish, from the style or from the learned orders of sections, and brought to the length that was
asked for by whole sections first and by the bars of played sections last.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from senandung.composing.arc import with_arc
from senandung.composing.lift import choose_lift
from senandung.composing.mixed import with_parts
from senandung.composing.plan import VOCAL_KINDS, Plan, SectionPlan, Wishes
from senandung.composing.tables import load_table
from senandung.domain.checks import require
from senandung.domain.chords import QUALITIES, Chord
from senandung.domain.curve import TensionCurve
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.pitch import NoteName
from senandung.domain.scales import SCALES, SIGNATURE_SHIFT, Key, key_of_pitch_class
from senandung.domain.style import Style, parse_form
from senandung.domain.time import TICKS_PER_QUARTER

Form = tuple[tuple[str, int], ...]
"""Kinds of section with their bars."""

USUAL_SECONDS = (140.0, 175.0)
"""A song without a wished length aims at a length in here."""

LONGEST_SECONDS = 350.0
"""Many lines make a song longer, up to this."""

LONGEST_MINUTES = 15
"""No wish makes a song longer."""

MOST_CHORUSES = 5
"""Many lines bring further choruses up to this number."""

SHORT_BAR_SECONDS = 1.9
"""Where a bar of two or three beats is shorter, sections have twice the bars."""

LINE_SECONDS = 4.4
"""A sung line, with its breath, takes about this long: whole bars nearest to it."""

FORMS_TRIED = 16
"""Forms of which the one nearest to a drawn curve is kept."""

INTENSITY: Mapping[str, float] = MappingProxyType(
    {
        "intro": 0.3, "verse": 0.4, "prechorus": 0.55, "chorus": 0.7, "bridge": 0.55, "interlude": 0.45, "solo": 0.68,
        "outro": 0.3,
    }
)  # fmt: skip
"""How full a kind of section is at its first coming; each return adds a little, the last chorus is the climax."""

MAJOR_TONICS = ("C", "D", "Eb", "F", "G", "A", "Bb", "E")
MINOR_TONICS = ("A", "B", "C", "D", "E", "F#", "G", "F")
"""Tonics that sit well for a voice of middle height and for guitar, strings and winds alike."""

BRIGHT_MODES = ("major", "lydian", "mixolydian", "major-pentatonic")


def plan_song(feeling: Feeling, style: Style, line_count: int, wishes: Wishes, *, seed: int) -> Plan:
    """Key, metre, tempo and sections of a song.

    Parameters
    ----------
    feeling : valence chooses among the style's modes, arousal the tempo inside its range.
    style : gives forms, metres, modes and tempo range.
    line_count : how many lines the person has; every one finds a slot.
    wishes : what was asked for; a wish that cannot be met raises `InvalidValueError`.
    seed : the same seed gives the same plan.
    """
    require(line_count >= 0, "a song must have 0 lines or more", line_count)
    rng = random.Random(seed)
    metre = (wishes.motif.metre if wishes.motif else wishes.metre) or _choose_metre(style, feeling, rng)
    key = wishes.key or (key_of_chords(wishes.chords) if wishes.chords else _choose_key(style, feeling, rng))
    key = wishes.motif.key if wishes.motif else key
    bpm = wishes.bpm or _choose_bpm(style, feeling, metre, rng)
    bar_seconds = _bar_seconds(metre, bpm)
    forms = _forms_of(style, metre, bar_seconds)
    if wishes.form:
        form, bpm = _wished_form(wishes, metre, bpm)
    else:
        exact = wishes.bars is not None or wishes.minutes is not None
        if wishes.bars is not None:
            bars = wishes.bars
        elif wishes.minutes is not None:
            bars = max(round(wishes.minutes * 60 / bar_seconds), 2)
        else:
            bars = round(rng.uniform(*USUAL_SECONDS) / bar_seconds)
        tries = 1 if wishes.curve is None else FORMS_TRIED
        made = [_pick(style, forms, bars, rng) for _ in range(tries)]
        if exact or not keeps_form(style):
            made = [_fit(form, bars, forms, exact=exact) for form in made]
        if not exact:
            more = _round(forms) if keeps_form(style) else ()
            made = [_grow(form, line_count if wishes.voice else 0, metre, bpm, more) for form in made]
        form = made[0] if wishes.curve is None else min(made, key=lambda form: _away(form, wishes.curve))
    minutes = sum(bars for _, bars in form) * _bar_seconds(metre, bpm) / 60
    require(minutes <= LONGEST_MINUTES, f"a song must last at most {LONGEST_MINUTES} minutes", round(minutes, 1))
    sections = _sections(form, line_count, wishes.voice, _bar_seconds(metre, bpm), feeling)
    plan = Plan(key, metre, bpm, sections)
    if wishes.motif is None:  # a motif stands in one key and in one feeling
        plan = with_parts(plan, feeling, style, wishes, seed=seed)
    plan = choose_lift(plan, style, wishes, seed=seed)
    return with_arc(plan, style, wishes, seed=seed)


# key, metre, tempo


def _bar_seconds(metre: Metre, bpm: float) -> float:
    return metre.beats * 60.0 / bpm


def _choose_metre(style: Style, feeling: Feeling, rng: random.Random) -> Metre:
    """The style's usual metre mostly; the others more often where the feeling is calm."""
    others = 0.12 if feeling.arousal < 0 else 0.05
    weights = [1.0] + [others] * (len(style.metres) - 1)
    return Metre.parse(rng.choices(style.metres, weights)[0])


def _choose_bpm(style: Style, feeling: Feeling, metre: Metre, rng: random.Random) -> float:
    """A tempo in the style's range; a metre that counts short notes (7/8) counts them faster."""
    faster = max(TICKS_PER_QUARTER / metre.beat_ticks, 1.0)
    low, high = (min(bpm * faster, 250.0) for bpm in style.tempo)
    share = 0.5 + 0.42 * feeling.arousal + 0.08 * feeling.valence + rng.uniform(-0.08, 0.08)
    return float(round(low + (high - low) * min(max(share, 0.0), 1.0)))


def _choose_key(style: Style, feeling: Feeling, rng: random.Random) -> Key:
    """Glad feelings take the style's bright modes and sad ones its dark modes; in between the seed decides."""
    bright = [mode for mode in style.modes if mode in BRIGHT_MODES]
    dark = [mode for mode in style.modes if mode not in BRIGHT_MODES]
    chance_bright = 1 / (1 + math.exp(-9 * (feeling.valence - 0.02)))
    modes = (bright or dark) if rng.random() < chance_bright else (dark or bright)
    mode = rng.choices(modes, [1.0] + [0.25] * (len(modes) - 1))[0]
    tonics = MINOR_TONICS if 3 in SCALES[mode] else MAJOR_TONICS
    usable = [t for t in tonics if abs(NoteName.parse(t).fifths + SIGNATURE_SHIFT[mode]) <= 5]
    return Key(NoteName.parse(rng.choice(usable)), mode)


def key_of_chords(chords: Sequence[Chord]) -> Key:
    """The major or minor key in which a progression is most at home: its tones, its first and last chord, its V.

    >>> from senandung.domain.chords import parse_chords
    >>> str(key_of_chords(parse_chords("Am F C G"))), str(key_of_chords(parse_chords("C Am F G")))
    ('A minor', 'C major')
    """
    best: tuple[float, Key] | None = None
    for tonic in range(12):
        for mode in ("major", "minor"):
            key = key_of_pitch_class(tonic, mode)
            scale = set(key.pitch_classes) | ({(tonic + 11) % 12} if mode == "minor" else set())
            fit = sum(sum(pitch in scale for pitch in c.pitch_classes) / len(c.pitch_classes) for c in chords)
            fit = 4 * fit / len(chords)
            for chord, gain in ((chords[0], 1.0), (chords[-1], 0.6)):
                same_mode = (3 in QUALITIES[chord.quality].semitones) == (mode == "minor")
                fit += gain * (chord.root.pitch_class == tonic and same_mode)
            fit += 0.3 * any(c.root.pitch_class == (tonic + 7) % 12 and c.quality in ("maj", "7") for c in chords)
            if best is None or fit > best[0] + 1e-9:
                best = (fit, key)
    assert best is not None
    return best[1]


# form


def _wished_form(wishes: Wishes, metre: Metre, bpm: float) -> tuple[Form, float]:
    form = parse_form(wishes.form)
    total = sum(bars for _, bars in form)
    if wishes.bars is not None:
        require(abs(wishes.bars - total) <= 1, f"bars must agree with the form, which has {total}", wishes.bars)
    if wishes.minutes is not None:
        needed = total * metre.beats / wishes.minutes
        asked = f"{wishes.minutes:g} minutes for a form of {total} bars"
        if wishes.bpm is not None:
            ok = abs(needed / wishes.bpm - 1) <= 0.1
            require(ok, f"{asked} need a tempo of {needed:.0f} beats a minute", wishes.bpm)
        elif not 30 <= needed <= 260:
            raise InvalidValueError(f"a tempo must be in 30..260 beats a minute, but {asked} need {needed:.0f}")
        else:
            bpm = round(needed, 2)
    return form, bpm


def _away(form: Form, curve: TensionCurve | None) -> float:
    """How far the usual fullness of a form's sections lies from a curve, a bar; more where its top is not sung in."""
    if curve is None:
        return 0.0
    total, at, apart = _total(form), 0, 0.0
    for kind, bars in form:
        usual = (INTENSITY[kind] - 0.3) / 0.4
        apart += bars / total * abs(curve.mean(at / total, (at + bars) / total) - usual)
        if at <= curve.peak * total < at + bars:
            apart += 0.0 if kind == "chorus" else 0.1 if kind in (*VOCAL_KINDS, "solo") else 0.25
        at += bars
    twice = sum(a == b and a not in VOCAL_KINDS for (a, _), (b, _) in pairwise(form))
    return apart + 0.02 * oddness(form) + 0.15 * twice


def _forms_of(style: Style, metre: Metre, bar_seconds: float) -> list[Form]:
    """The style's forms; with twice the bars where bars of two or three beats pass quickly: a verse stays a verse."""
    forms = [parse_form(text) for text in style.forms]
    if bar_seconds >= SHORT_BAR_SECONDS or metre.beats > 3 or style.schemes:
        return forms
    return [tuple((kind, 2 * bars) for kind, bars in form) for form in forms]


def _pick(style: Style, forms: Sequence[Form], bars: int, rng: random.Random) -> Form:
    """One of the style's forms, or now and then a learned order with the style's lengths; the nearest ones first."""
    kinds = {kind for form in forms for kind, _ in form}
    if not style.schemes:  # a style with fixed schemes keeps its own forms
        usual = {kind: length for form in forms for kind, length in form}
        learned = [
            (tuple((kind, usual[kind]) for kind in order), count)
            for order, count in load_table("form")["orders"]
            if set(order) <= kinds and count > 1
        ]
        learned = [(form, count) for form, count in learned if oddness(form) < 2]
        if learned and rng.random() < 0.3:
            return rng.choices([form for form, _ in learned], [count for _, count in learned])[0]
    if keeps_form(style):  # nothing is cut from it afterwards
        return min(forms, key=lambda form: abs(_total(form) - bars))
    weights = [math.exp(-3.0 * abs(math.log(_total(form) / bars))) for form in forms]
    return rng.choices(forms, weights)[0]


def keeps_form(style: Style) -> bool:
    """Whether all that is sung has fixed chords, as in keroncong: no section is left out or put in alone."""
    sung = {kind for text in style.forms for kind, _ in parse_form(text) if kind in VOCAL_KINDS}
    return bool(sung) and sung <= set(style.schemes)


def _round(forms: Sequence[Form]) -> Form:
    """What comes back as a whole in a style that keeps its form: the shortest form without beginning and end."""
    return tuple(item for item in min(forms, key=_total) if item[0] not in ("intro", "outro"))


def oddness(form: Form) -> float:
    """What a listener would stumble over in a form, as a cost in bars: judgement, to choose between near forms.

    >>> oddness(parse_form("intro4 verse8 chorus8 outro4")), oddness(parse_form("prechorus4 verse8 chorus8"))
    (0.0, 8.0)
    """
    kinds = [kind for kind, _ in form]
    sung = [kind for kind in kinds if kind in VOCAL_KINDS]
    cost = 2.0 * (kinds[0] != "intro") + 3.0 * (kinds[-1] != "outro") if _total(form) > 16 else 0.0
    cost += 3.0 * sum(
        kind == "prechorus" and after != "chorus" for kind, after in zip(kinds, [*kinds[1:], ""], strict=True)
    )
    cost += (
        3.0
        * sum(  # what leads away must come back
            kind == "bridge" and after in ("outro", "") for kind, after in zip(kinds, [*kinds[1:], ""], strict=True)
        )
    )
    if "verse" in sung:
        cost += 2.0 * (sung[0] == "chorus") + 2.0 * (kinds.count("verse") == 1 < kinds.count("chorus"))
    cost += 1.5 * sum(a == b == c == "chorus" for a, b, c in zip(kinds, kinds[1:], kinds[2:], strict=False))
    return cost + 2.0 * (kinds[-2:-1] == ["interlude"])


def _total(form: Form) -> int:
    return sum(bars for _, bars in form)


_DROP_COST: Mapping[str, float] = MappingProxyType(
    {
        "solo": 1.0, "interlude": 1.0, "prechorus": 2.0, "bridge": 2.5, "verse": 3.0, "chorus": 3.5, "intro": 5.0,
        "outro": 5.0,
    }
)  # fmt: skip


def _fit(form: Form, bars: int, forms: Sequence[Form], *, exact: bool) -> Form:
    """Bring a form to a length: sections dropped or added while that helps, then played sections stretched."""
    while True:
        away = abs(_total(form) - bars)
        options = _shorter(form) if _total(form) > bars else _longer(form, forms)
        if not options or away <= 2:
            break
        cost, _, best = min(
            (abs(_total(option) - bars) + cost + oddness(option), i, option) for i, (cost, option) in enumerate(options)
        )
        if abs(_total(best) - bars) >= away or cost >= away + 4:
            break
        form = best
    slack = 0 if exact else max(1, round(0.03 * bars))
    return _stretch(form, bars, slack, exact=exact)


def _shorter(form: Form) -> list[tuple[float, Form]]:
    """Every form with one section less, and what the loss costs. One sung section stays."""
    options = []
    sung = sum(kind in VOCAL_KINDS for kind, _ in form)
    for at, (kind, _) in enumerate(form):
        last_of_kind = sum(other == kind for other, _ in form) == 1
        if kind in VOCAL_KINDS and sung == 1:
            continue
        cost = _DROP_COST[kind] + (12.0 if last_of_kind and kind in ("verse", "chorus") else 0.0)
        neighbours = form[at - 1 : at] + form[at + 1 : at + 2]
        if any(kind == other for other, _ in neighbours):
            cost -= 1.5  # one of two alike is missed least
        options.append((cost, form[:at] + form[at + 1 :]))
    return options


def _longer(form: Form, forms: Sequence[Form]) -> list[tuple[float, Form]]:
    """Every form with a section or a pair more, and what the gain costs."""
    usual: dict[str, int] = {}
    for usual_form in forms:
        for kind, bars in usual_form:
            usual.setdefault(kind, bars)
    options: list[tuple[float, Form]] = []
    choruses = [at for at, (kind, _) in enumerate(form) if kind == "chorus"]
    end = len(form) - (1 if form[-1][0] == "outro" else 0)
    if choruses:
        last = choruses[-1]
        pair: Form = (("verse", usual.get("verse", 8)), ("chorus", form[last][1]))
        options.append((2.0, form[: choruses[0] + 1] + pair + form[choruses[0] + 1 :]))
        if not (len(choruses) > 1 and choruses[-2] == last - 1):
            options.append((2.5, (*form[:end], form[last], *form[end:])))
        if all(kind != "bridge" for kind, _ in form) and "bridge" in usual:
            options.append((1.0, (*form[:last], ("bridge", usual["bridge"]), *form[last:])))
    else:
        options.append((2.0, (*form[:end], ("verse", usual.get("verse", 8)), *form[end:])))
        if "chorus" in usual:
            options.append((1.0, (*form[:end], ("chorus", usual["chorus"]), *form[end:])))
    for at in choruses[:-1] or ([end - 1] if end > 1 else []):
        following = form[at + 1][0] if at + 1 < len(form) else ""
        if following in VOCAL_KINDS:
            options.append((1.5, (*form[: at + 1], ("interlude", usual.get("interlude", 4)), *form[at + 1 :])))
    for kind, place in (("intro", 0), ("outro", len(form))):
        if all(other != kind for other, _ in form):
            options.append((0.5, (*form[:place], (kind, usual.get(kind, 4)), *form[place:])))
    return options


def _stretch(form: Form, bars: int, slack: int, *, exact: bool) -> Form:
    """Move bars into or out of the played sections, then, where it must be exact, of the sung ones from the end."""
    lengths = [length for _, length in form]
    kinds = [kind for kind, _ in form]
    steps = (2, 1) if exact else (2,)
    for step in steps:
        moved = True
        while moved and abs(bars - sum(lengths)) > max(slack, step - 1):
            moved = False
            for kind in ("outro", "intro", "interlude", "solo"):
                for at in (at for at, other in enumerate(kinds) if other == kind):
                    missing = bars - sum(lengths)
                    new = lengths[at] + (step if missing > 0 else -step)
                    if abs(missing) > max(slack, step - 1) and 2 <= new <= (8 if kind != "solo" else 16):
                        lengths[at], moved = new, True
    if exact:
        order = [at for at, kind in enumerate(kinds) if kind in VOCAL_KINDS][::-1]
        while sum(lengths) != bars:
            missing = bars - sum(lengths)
            if missing > 0:
                at = min(order, key=lambda at: (lengths[at], -at))
                lengths[at] += min(missing, 2)
            else:
                at = max(range(len(lengths)), key=lambda at: (lengths[at], at))
                if lengths[at] == 1:
                    drop = next(at for at in range(len(kinds)) if at not in order or len(order) > 1)
                    return _stretch(tuple(x for i, x in enumerate(form) if i != drop), bars, 0, exact=True)
                lengths[at] -= 1
    return tuple(zip(kinds, lengths, strict=True))


def _slot_bars(bar_seconds: float) -> int:
    """Bars of a usual line: 2, or 1 or 4 where that is clearly nearer to `LINE_SECONDS`."""
    unusual = {1: 0.6, 2: 0.0, 4: 0.1}
    return min(unusual, key=lambda bars: abs(math.log(bars * bar_seconds / LINE_SECONDS)) + unusual[bars])


def _capacity(form: Form, per_line: int) -> int:
    """Lines that can be sung once each: a chorus that returns sings what it sang before."""
    seen_chorus = False
    count = 0
    for kind, bars in form:
        if kind in VOCAL_KINDS and not (kind == "chorus" and seen_chorus):
            count += max(bars // per_line, 1)
        seen_chorus |= kind == "chorus"
    return count


def _grow(form: Form, line_count: int, metre: Metre, bpm: float, whole: Form = ()) -> Form:
    """Further verses for many lines, spread before the choruses, while the song stays below `LONGEST_SECONDS`.

    `whole` is what is put in, before the end, where a style keeps its form.
    """
    seconds = _bar_seconds(metre, bpm)
    turn = 0
    while _capacity(form, _slot_bars(seconds)) < line_count:
        if whole:
            if (_total(form) + _total(whole)) * seconds > LONGEST_SECONDS:
                break
            form = (*form[:-1], *whole, form[-1])
            continue
        verse = next((item for item in form if item[0] == "verse"), next(i for i in form if i[0] in VOCAL_KINDS))
        more: Form = (verse,)
        chorus = next((item for item in form if item[0] == "chorus"), None)
        choruses = [at for at, (kind, _) in enumerate(form) if kind == "chorus"]
        if chorus and turn % 3 == 2 and len(choruses) < MOST_CHORUSES:
            more = (verse, chorus)
        if (_total(form) + _total(more)) * seconds > LONGEST_SECONDS:
            break
        at = choruses[turn % len(choruses)] if choruses else form.index(verse) + 1
        if len(more) == 2:
            at = choruses[0] + 1
        while at > 0 and len(more) == 1 and form[at - 1][0] in ("prechorus", "bridge"):
            at -= 1
        form = (*form[:at], *more, *form[at:])
        turn += 1
    return form


# sections


def _sections(
    form: Form, line_count: int, voice: bool, bar_seconds: float, feeling: Feeling
) -> tuple[SectionPlan, ...]:
    per_line = _slot_bars(bar_seconds)
    slots = [max(bars // per_line, 1) if voice and kind in VOCAL_KINDS else 0 for kind, bars in form]
    if voice and line_count:
        sung = any(kind in VOCAL_KINDS for kind, _ in form)
        require(
            sung, f"a form for words must have one of {', '.join(VOCAL_KINDS)}", " ".join(f"{k}{n}" for k, n in form)
        )
        slots = _enough_slots(form, slots, line_count)
    counts = {kind: sum(other == kind for other, _ in form) for kind, _ in form}
    first: dict[str, int] = {}
    seen: dict[str, int] = {}
    sections = []
    for at, (kind, bars) in enumerate(form):
        seen[kind] = seen.get(kind, 0) + 1
        name = kind.capitalize() + (f" {seen[kind]}" if counts[kind] > 1 else "")
        repeats = first.get(kind) if kind in VOCAL_KINDS else None
        first.setdefault(kind, at)
        sections.append(SectionPlan(name, kind, bars, _intensity(form, at, seen[kind], feeling), slots[at], repeats))
    return tuple(sections)


def _enough_slots(form: Form, slots: list[int], line_count: int) -> list[int]:
    """More lines a section, the longest slots first, until every line has one."""
    slots = list(slots)

    def capacity() -> int:
        chorus = [n for (kind, _), n in zip(form, slots, strict=True) if kind == "chorus"]
        return sum(n for (kind, _), n in zip(form, slots, strict=True) if kind != "chorus") + sum(chorus[:1])

    while capacity() < line_count:
        growing = [at for at, n in enumerate(slots) if n and n < 4 * form[at][1]]
        longest = max(growing, key=lambda at: (form[at][1] / slots[at], -at), default=None)
        if longest is None:
            most = capacity()
            raise InvalidValueError(f"a song of {_total(form)} bars must have at most {most} lines, got {line_count}")
        more = slots[longest] * 2 if form[longest][1] / slots[longest] >= 1 else slots[longest] + form[longest][1]
        for at, (kind, bars) in enumerate(form):
            if at == longest or (kind == "chorus" == form[longest][0] and slots[at]):
                slots[at] = min(more, 4 * bars)
    return slots


def _intensity(form: Form, at: int, coming: int, feeling: Feeling) -> float:
    kind = form[at][0]
    sung = [i for i, (other, _) in enumerate(form) if other in VOCAL_KINDS]
    choruses = [i for i, (other, _) in enumerate(form) if other == "chorus"]
    climax = choruses[-1] if choruses else sung[-1]
    level = INTENSITY[kind] + 0.06 * (coming - 1) + 0.12 * feeling.arousal
    if at == climax:
        level = max(level, 0.9 + 0.08 * feeling.arousal)
    elif at < climax:
        level = min(level, 0.86 + 0.08 * feeling.arousal)
    return round(min(max(level, 0.12), 1.0), 3)
