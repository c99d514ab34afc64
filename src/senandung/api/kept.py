"""Kept things: corrections, feelings over time, the baseline of the person's voice. Nothing is kept unless asked.

No raw text and no sound is kept: a trace is known by its fingerprint (docs/privacy.md).
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from senandung.api.places import kept_folder
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.feeling import BASIC, PLACES, Evidence, Feeling
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.domain.own_style import OwnStyle
    from senandung.domain.reading import Reading
    from senandung.remembering.corrections import Shift
    from senandung.remembering.store.kept import Kept, KeptStore

CORRECTION, FEELING, BASELINE, STYLE = "correction", "feeling", "baseline", "style"
"""Kinds of kept things."""

VOICE = "voice"
"""The mark of the one baseline."""

PERSON = "person"
"""The kind of what the person said themselves."""

TOGETHER = "together"
"""The kind of what is said of several traces at once; it teaches nothing about one of them."""

SAID = "what you said of it on {} counts (senandung kept list)"
TAUGHT = "moved by {:+.2f}/{:+.2f}, as you corrected {} such readings (senandung kept list)"


def fingerprint(trace: str | Path) -> str:
    """By which a trace is known again: SHA-256 of a text (NFC, small letters, single blanks) or of a file's bytes.

    >>> fingerprint("Aku  rindu\\n") == fingerprint("aku rindu") != fingerprint("aku rindu!")
    True
    """
    if isinstance(trace, str):
        plain = " ".join(unicodedata.normalize("NFC", trace).casefold().split())
        return hashlib.sha256(b"text " + plain.encode("utf-8")).hexdigest()
    path = given_path(trace)
    digest = hashlib.sha256(b"file ")
    try:
        with path.open("rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or error}") from error
    return digest.hexdigest()


def fingerprint_of_all(marks: Sequence[str]) -> str:
    """By which several traces together are known, in any order; of one it is its own."""
    return marks[0] if len(marks) == 1 else hashlib.sha256(" ".join(sorted(marks)).encode()).hexdigest()


# the voice's baseline


def keep_baseline(plain: Mapping[str, Any]) -> Kept:
    """Keep the baseline of the person's own voice, as a plain dict; it takes the place of an earlier one."""
    return _store().keep(BASELINE, dict(plain), at=_now(), mark=VOICE)


def load_baseline() -> dict[str, Any] | None:
    """The kept baseline of the person's own voice, None where none is kept."""
    found = _store_if_any()
    kept = None if found is None else found.find(BASELINE, VOICE)
    return None if kept is None else dict(kept.plain)


# feelings over time


def keep_feeling(feeling: Feeling, kinds: Sequence[str], *, words: bool = False) -> Kept:
    """Keep a feeling with its evidence.

    Parameters
    ----------
    kinds : the kinds of the traces that it was read from.
    words : also keep what the evidence names: words of a text, names of files. Without it only its numbers are kept.
    """
    return _store().keep(FEELING, {"kinds": list(kinds), "feeling": _feeling_plain(feeling, words)}, at=_now())


def _feeling_plain(feeling: Feeling, words: bool) -> dict[str, Any]:
    def piece(each: Evidence) -> dict[str, Any]:
        numbers: dict[str, Any] = {name: round(getattr(each, name), 4) for name in ("valence", "arousal", "weight")}
        return {"what": each.what, "note": each.note, **numbers} if words else numbers

    return {
        "valence": round(feeling.valence, 4),
        "arousal": round(feeling.arousal, 4),
        "valence_spread": round(feeling.valence_spread, 4),
        "arousal_spread": round(feeling.arousal_spread, 4),
        "basic": {name: round(feeling.basic[name], 6) for name in BASIC},
        "words": list(feeling.words),
        "readable": feeling.readable,
        "evidence": [piece(each) for each in feeling.evidence],
        "parts": [_feeling_plain(part, words) for part in feeling.parts],
    }


# corrections


def keep_correction(said: Feeling, reading: Feeling, kinds: Sequence[str], mark: str) -> Kept:
    """Keep what the person said of a trace beside what was read of it; it takes the place of what they said before.

    Parameters
    ----------
    said : the person's own feeling.
    reading : what was read, before any shift by earlier corrections.
    kinds : of the traces, one each.
    mark : `fingerprint_of_all` of the traces.
    """
    at = (said.valence, said.arousal)
    plain = {
        "trace": kinds[0] if len(kinds) == 1 else TOGETHER,
        "read": [round(reading.valence, 4), round(reading.arousal, 4)] if reading.readable else None,
        "said": [round(value, 4) for value in at],
        "words": [word for word in said.words[:1] if (PLACES[word].valence, PLACES[word].arousal) == at],
    }
    return _store().keep(CORRECTION, plain, at=_now(), mark=mark)


@dataclass(frozen=True)
class Remembered:
    """What corrections say now: of single traces and of all together by fingerprint, and what they teach by kind."""

    said: Mapping[str, Reading]
    shifts: Mapping[str, Shift]


def remembered() -> Remembered | None:
    """The kept corrections, None where nothing is kept."""
    store = _store_if_any()
    kept = () if store is None else store.all(CORRECTION)
    if not kept:
        return None
    from senandung.domain.reading import KINDS
    from senandung.remembering.corrections import Correction, shift_of

    now = _now()
    corrections = [
        Correction(each.plain["trace"], tuple(each.plain["read"]), tuple(each.plain["said"]))
        for each in kept
        if each.plain["read"] is not None and each.plain["trace"] in KINDS
    ]
    shifts = {kind: shift for kind in KINDS if (shift := shift_of(corrections, kind)) is not None}
    return Remembered({each.mark: said_reading(each, now) for each in kept}, shifts)


def recall(
    found: Sequence[tuple[str | Path, Sequence[Reading]]],
) -> tuple[tuple[Reading, ...], Feeling, tuple[str, ...]]:
    """The readings of traces with what the person said of them earlier, the feeling of all, and remarks.

    Parameters
    ----------
    found : each trace (a str is a text, a Path a file) with what was read of it.
    """
    from senandung.remembering.corrections import shifted
    from senandung.sensing.fusion import fuse_readings

    known = remembered()
    if known is None or not found:
        plain = tuple(reading for _, own in found for reading in own)
        return plain, fuse_readings(plain), ()
    shown: list[Reading] = []
    counted: list[Reading] = []
    marks = [fingerprint(trace) for trace, _ in found]
    for mark, (_, own) in zip(marks, found, strict=True):
        said = known.said.get(mark)
        if said is not None:
            shown += [*own, said]
            both = fuse_readings([*own, said])  # it outweighs what was read of this trace, not the other traces
            counted += [*own, said] if len(found) == 1 else [replace(said, kind=own[0].kind, feeling=both)]
            continue
        for reading in own:
            shift = known.shifts.get(reading.kind)
            if shift is not None and reading.feeling.readable:
                remark = TAUGHT.format(shift.valence, shift.arousal, shift.count)
                moved = shifted(reading.feeling, shift)
                shown.append(replace(reading, feeling=moved, remarks=(*reading.remarks, remark)))
            else:
                shown.append(reading)
            counted.append(shown[-1])
    together = known.said.get(fingerprint_of_all(marks)) if len(marks) > 1 else None
    if together is not None:
        shown.append(together)
        counted.append(together)
    remarks = dict.fromkeys(remark for each in shown if each.kind == PERSON for remark in each.remarks)
    return tuple(shown), fuse_readings(counted), tuple(remarks)


def said_reading(kept: Kept, now: datetime) -> Reading:
    """A kept correction as a reading of kind "person", with its age."""
    from senandung.domain.reading import Reading

    day = kept.at.date().isoformat()
    feeling = person_feeling(*kept.plain["said"], *kept.plain["words"])
    return Reading(PERSON, f"you, {day}", feeling, kept.days(now), remarks=(SAID.format(day),))


def person_feeling(valence: float, arousal: float, word: str = "") -> Feeling:
    """What the person says, with a spread of .1 and itself as evidence."""
    at = Feeling.at(valence, arousal)
    words = tuple(dict.fromkeys([*([word] if word else []), *at.words]))[:3]
    basic = Feeling.named(word).basic if word else at.basic
    return Feeling(valence, arousal, 0.1, 0.1, basic, words, (Evidence("your own word", valence, arousal, 1.0),))


# styles of one's own


def keep_style(style: OwnStyle) -> Kept:
    """Note that a style of one's own was learned: its name, whose music it is, the names of the files."""
    plain = {"name": style.name, "by": style.by, "files": [each.name for each in style.files]}
    return _store().keep(STYLE, plain, at=_now(), mark=style.name)


def forget_style(name: str) -> None:
    """Forget that a style of one's own was learned."""
    store = _store_if_any()
    kept = None if store is None else store.find(STYLE, name)
    if store is not None and kept is not None:
        store.delete([kept.number])


# the list


def kept_things() -> tuple[Kept, ...]:
    """Every kept thing, the oldest first."""
    store = _store_if_any()
    return () if store is None else store.all()


def kept_thing(number: int) -> Kept:
    """The kept thing of a number."""
    return _store().get(number)


def delete_kept(number: int | None = None) -> int:
    """Delete one kept thing, or all of them, for good; how many were deleted. A style of one's own goes with its file.

    Voices of one's own are deleted with `delete_voice`.
    """
    store = _store()
    gone = store.all() if number is None else (store.get(number),)
    for each in gone:
        if each.kind == STYLE:
            _delete_style(each.mark)
    styles = sum(each.kind == STYLE for each in gone)
    if number is None:
        return store.delete() + styles
    return styles or store.delete([number])


def _delete_style(name: str) -> None:
    from senandung.api.places import styles_folder
    from senandung.files.own_style import remove_own_style

    remove_own_style(styles_folder(), name)
    forget_style(name)


def kept_plain(kept: Kept) -> dict[str, Any]:
    """A kept thing as JSON has it."""
    mark = {"fingerprint": kept.mark} if kept.kind == CORRECTION else {}
    return {"number": kept.number, "kind": kept.kind, "at": kept.at.isoformat(), **mark, **kept.plain}


def export_kept(path: Path | str) -> int:
    """Write all kept things into a new JSON file; how many there are."""
    from senandung.files.writing import write_atomically

    target = given_path(path)
    if target.exists():
        raise InvalidValueError(f"the output must be a new file, but {target} exists")
    things = [kept_plain(each) for each in kept_things()]
    text = json.dumps({"kept": things}, ensure_ascii=False, indent=2) + "\n"
    write_atomically(target, text.encode("utf-8"))
    return len(things)


def _store() -> KeptStore:
    from senandung.remembering.store.kept import KeptStore

    return KeptStore(kept_folder())


def _store_if_any() -> KeptStore | None:
    """The store where it is there: most people keep nothing, and then nothing is imported."""
    store = kept_folder() / "kept.db"
    return _store() if store.exists() else None


def _now() -> datetime:
    return datetime.now(UTC)
