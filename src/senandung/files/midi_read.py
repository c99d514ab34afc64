"""A Standard MIDI File as a song."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError, InputError
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import KeyChange, MetreChange, Note, Song
from senandung.domain.tempo import TempoChange
from senandung.domain.time import TICKS_PER_QUARTER, Tick
from senandung.files.building import Part, build_song
from senandung.files.limits import MAX_NOTES, MAX_TICKS, checked_song
from senandung.files.lyrics import SungText
from senandung.files.provenance import FIELD_STARTS, fields_of_rows, provenance_of_fields
from senandung.files.reading import MEGABYTE, read_bytes

MAX_BYTES = 20 * MEGABYTE

MAX_EVENTS = 1_000_000
"""The most events of a MIDI file; twice the notes that a song may have."""


IMPOSSIBLE_KEY = re.compile(rb"\xff\x59\x02(?:[\x08-\xf8].|.[\x02-\xff])", re.DOTALL)
"""Key signatures of more than seven sharps or flats, which mido refuses: read as a blank text."""


@dataclass
class _Facts:
    """What the tracks say of the whole song."""

    title: str = ""
    label: list[str] = field(default_factory=list)
    end: Tick = 0
    tempos: list[TempoChange] = field(default_factory=list)
    metres: list[MetreChange] = field(default_factory=list)
    keys: list[KeyChange] = field(default_factory=list)
    marks: list[tuple[Tick, str]] = field(default_factory=list)


def load_midi(path: Path) -> Song:
    """Read a MIDI file of format 0 or 1 into a song. Inverse of `save_midi`, up to what docs/formats.md names.

    A track with several channels becomes a part a channel. A note that has no end lasts to the end of its track, one
    that is struck again while it sounds ends there. Raises `FileError` for what is no MIDI file, is damaged, counts
    time by film frames or is too long.
    """
    path = Path(path)
    return parse_midi(read_bytes(path, MAX_BYTES), path)


def parse_midi(data: bytes, path: Path) -> Song:
    """The song of a MIDI file's bytes; `path` is named in errors."""
    midi = _parsed(data, path)
    scale = Fraction(TICKS_PER_QUARTER, midi.ticks_per_beat)
    facts, parts, loose = _Facts(), list[Part](), list[dict[Tick, str]]()
    for index, track in enumerate(midi.tracks):
        found, lyrics = _read_track(track, index, scale, facts, path)
        if lyrics and not found:
            loose.append(lyrics)
        elif lyrics:
            target = max(found, key=lambda part: _matches(part, lyrics))
            target.lyrics = _placed(target, lyrics)
        parts.extend(found)
    for lyrics in loose:  # words in a track of their own belong to the part that plays at their times
        target_or_none = max(parts, key=lambda part: _matches(part, lyrics), default=None)
        if target_or_none is not None and not target_or_none.lyrics and not target_or_none.drum:
            target_or_none.lyrics = _placed(target_or_none, lyrics)
    if sum(len(part.notes) for part in parts) > MAX_NOTES:
        raise FileError(path, f"a song may have at most {MAX_NOTES} notes")
    return checked_song(
        path,
        lambda: build_song(
            facts.title or path.stem,
            parts,
            tempos=facts.tempos,
            metres=facts.metres,
            keys=facts.keys,
            marks=facts.marks,
            provenance=provenance_of_fields(fields_of_rows(facts.label)),
            stated_end=facts.end,
        ),
    )


class _TooManyEventsError(Exception):
    """Stops mido before it has made more events than fit in memory."""


class _BoundedStream(io.BytesIO):
    """Bytes that count how often they are read: mido reads at least twice and at most about four times an event."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes."""
        self.reads += 1
        if self.reads > 4 * MAX_EVENTS:
            raise _TooManyEventsError
        return super().read(size)


def _parsed(data: bytes, path: Path) -> Any:
    import mido

    if data.startswith(b"RIFF") and data[8:12] == b"RMID" and (at := data.find(b"MThd")) > 0:
        data = data[at:]
    if not data.startswith(b"MThd"):
        raise FileError(path, f"not a MIDI file: it begins with {data[:8]!r}")
    if len(data) >= 14 and data[12] & 0x80:
        raise FileError(path, "a MIDI file must count time in ticks a quarter, this one counts film frames (SMPTE)")
    if len(data) >= 14 and data[12:14] == b"\0\0":
        raise FileError(path, "a MIDI file must have at least one tick a quarter, got 0")
    if len(data) >= 14 and data[8:10] not in (b"\0\0", b"\0\1"):
        raise FileError(path, f"a MIDI file must be of format 0 or 1, got {int.from_bytes(data[8:10], 'big')}")
    data = IMPOSSIBLE_KEY.sub(b"\xff\x01\x02  ", data)
    try:
        midi = mido.MidiFile(file=_BoundedStream(data), clip=True, charset="latin-1")
    except _TooManyEventsError as error:
        raise FileError(path, f"a MIDI file may hold at most {MAX_EVENTS} events") from error
    except Exception as error:  # mido raises many kinds, some of them plain subclasses of Exception
        reason = str(error) or "it ends in the middle of an event"
        raise FileError(path, f"a damaged MIDI file: {reason}") from error
    return midi


def _read_track(
    track: Iterable[Any], index: int, scale: Fraction, facts: _Facts, path: Path
) -> tuple[list[Part], dict[Tick, str]]:
    """The parts of a track, one a channel, and its lyric events by tick; what is said of the song goes into `facts`."""
    channels: dict[int, Part] = {}
    banks: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    programs: dict[int, int] = {}
    sounding: dict[tuple[int, int], tuple[Tick, int]] = {}
    lyrics: dict[Tick, str] = {}
    name = instrument = role = tuning = ""
    raw, tick = 0, 0

    def end_note(channel: int, pitch: int, at: Tick) -> None:
        onset, velocity = sounding.pop((channel, pitch))
        channels[channel].notes.append(Note(onset, max(at - onset, 1), pitch, velocity))

    for message in track:
        raw += message.time
        tick = round(raw * scale)
        if tick > MAX_TICKS:
            raise FileError(path, f"a song may last at most {MAX_TICKS} ticks")
        kind = message.type
        if kind == "note_on" and message.velocity:
            channel, pitch = message.channel, message.note
            if channel not in channels:
                msb, lsb = banks[channel]
                bank = lsb if msb in (120, 121) else msb
                channels[channel] = Part(
                    "", bank=bank, program=programs.get(channel, 0), drum=channel == 9, instrument=""
                )
            if (channel, pitch) in sounding:
                end_note(channel, pitch, tick)
            sounding[channel, pitch] = (tick, message.velocity)
        elif kind in ("note_off", "note_on"):
            if (message.channel, message.note) in sounding:
                end_note(message.channel, message.note, tick)
        elif kind == "control_change" and message.control in (0, 32):
            banks[message.channel][message.control // 32] = message.value
        elif kind == "program_change":
            programs[message.channel] = message.program
        elif kind == "track_name":
            name = name or _text(message.name).strip()
        elif kind == "instrument_name":
            instrument = _text(message.name).strip()
        elif kind == "lyrics":
            lyrics[tick] = lyrics.get(tick, "") + _text(message.text)
        elif kind == "text" and message.text.startswith("role: "):
            role = message.text[6:].strip()
        elif kind == "text" and message.text.startswith("tuning: "):
            tuning = message.text[8:].strip()
        else:
            _read_fact(message, tick, facts)
    for channel, pitch in list(sounding):
        end_note(channel, pitch, tick)
    if index == 0:
        facts.title = name
    facts.end = max(facts.end, tick)
    found = [channels[channel] for channel in sorted(channels)]
    for channel, part in channels.items():
        part.name = name if len(found) == 1 else f"{name} {channel + 1}".strip()
        part.instrument, part.role, part.tuning = (instrument, role, tuning) if len(found) == 1 else ("", "", "")
    return found, lyrics


def _read_fact(message: Any, tick: Tick, facts: _Facts) -> None:
    """Tempo, metre, key, section names and the label; a value that breaks its rule is left out."""
    try:
        if message.type == "set_tempo":
            facts.tempos.append(TempoChange(tick, message.tempo))
        elif message.type == "time_signature":
            facts.metres.append(MetreChange(tick, Metre(message.numerator, message.denominator)))
        elif message.type == "key_signature":
            facts.keys.append(KeyChange(tick, Key.parse(message.key)))
        elif message.type == "text" and message.text.startswith("key: "):
            facts.keys.append(KeyChange(tick, Key.parse(message.text[5:])))
        elif message.type == "text" and message.text.startswith(FIELD_STARTS):
            facts.label.append(_text(message.text))
        elif message.type == "marker":
            facts.marks.append((tick, _text(message.text)))
    except InputError:
        return


def _text(latin: str) -> str:
    """Text that mido decoded as Latin-1, as UTF-8 where its bytes are that."""
    try:
        text = latin.encode("latin-1").decode("utf-8")
    except UnicodeError:
        text = latin
    return text.replace("\x00", "")


def _matches(part: Part, lyrics: dict[Tick, str]) -> int:
    return len(lyrics.keys() & {note.onset for note in part.notes}) if not part.drum else -1


def _placed(part: Part, lyrics: dict[Tick, str]) -> dict[Tick, SungText]:
    """Lyric events as syllables on the notes that begin with them, or next within half a beat.

    Hyphens and spaces say where words end: a file with spaces uses them (karaoke), else one with hyphens uses those,
    else each event is a word. "@" lines of karaoke files are no words.
    """
    onsets = sorted({note.onset for note in part.notes})
    spoken = [(tick, text) for tick, text in sorted(lyrics.items()) if text.strip() and not text.startswith("@")]
    inner = [text.strip("\r\n") for _, text in spoken]
    spaced = any(text.startswith(" ") or text.endswith(" ") for text in inner)
    placed: dict[Tick, SungText] = {}
    goes_on, at = False, 0
    for (tick, text), following in zip(spoken, [*(text for _, text in spoken[1:]), ""], strict=True):
        while at < len(onsets) and onsets[at] < tick:
            at += 1
        plain = text.strip(" \r\n/\\")
        begins = not goes_on
        if spaced:
            bare = text.rstrip("\r\n")
            broken = bare.endswith(" ") or len(bare) != len(text) or following[:1] in (" ", "\r", "\n", "/", "\\")
            goes_on = not broken
            plain = plain.removesuffix("-") if goes_on and plain.endswith("-") and len(plain) > 1 else plain
        else:
            goes_on = plain.endswith("-") and len(plain) > 1
            plain = plain[:-1].strip() if goes_on else plain
        ends_line = text.endswith(("\r", "\n")) or following[:1] in ("/", "\\", "\r", "\n")
        if at < len(onsets) and onsets[at] - tick <= TICKS_PER_QUARTER // 2 and plain:
            placed.setdefault(onsets[at], SungText(plain, begins, not goes_on, ends_line))
    return placed
