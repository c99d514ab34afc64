"""A song as a Standard MIDI File."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from senandung.domain.errors import InvalidValueError
from senandung.domain.pitch import hz_to_midi
from senandung.domain.scales import Key
from senandung.domain.song import Song, Track
from senandung.domain.time import TICKS_PER_QUARTER, Tick
from senandung.domain.tuning import TUNINGS, Tuning
from senandung.domain.words import Words
from senandung.files.provenance import label_of, label_rows, licence_of, sentence_of
from senandung.files.writing import write_atomically

MELODIC_CHANNELS = tuple(channel for channel in range(16) if channel != 9)
"""MIDI channels, counted from 0, of parts that are not drums."""

DRUM_CHANNEL = 9
"""Channel 10 as people count."""

Event = tuple[Tick, int, Any]
"""A message at a tick; the middle number orders what stands at the same tick: 0 settings, 1 ends, 2 words, 3 starts."""


def save_midi(song: Song, path: Path) -> None:
    """Write the song as a format 1 file: 480 ticks a quarter, one track for the tempo map and one a part.

    Raises `InvalidValueError` where more than 15 parts that are not drums play different programs. Inverse of
    `load_midi`, up to what docs/formats.md names.
    """
    write_atomically(path, midi_bytes(song))


def midi_bytes(song: Song) -> bytes:
    """The bytes of the song's MIDI file; the same song gives the same bytes."""
    import mido

    channels = assign_channels(song.tracks)
    programs = tuning_programs(song.tracks)
    tracks = [_track([*_conductor_events(song), *_tuning_events(song, programs)], song.end)]
    tracks.extend(
        _track(_part_events(part, channel, song.words, programs.get(part.tuning)), song.end)
        for part, channel in zip(song.tracks, channels, strict=True)
    )
    midi = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_QUARTER, charset="utf-8", tracks=tracks)
    stream = io.BytesIO()
    midi.save(file=stream)
    return stream.getvalue()


def assign_channels(tracks: Iterable[Track]) -> list[int]:
    """A channel for each part, counted from 0: drums on 9, others on one of their own while there are any.

    Where the fifteen run out, parts of the same program share one.
    """
    parts = list(tracks)
    sounds = [(part.sound.bank, part.sound.program) for part in parts]
    melodic = [index for index, part in enumerate(parts) if not part.sound.drum]
    crowded = len(melodic) > len(MELODIC_CHANNELS)
    if crowded and len({sounds[index] for index in melodic}) > len(MELODIC_CHANNELS):
        raise InvalidValueError(f"a MIDI file has channels for 15 different sounds besides drums, got {len(melodic)}")
    free = list(MELODIC_CHANNELS)
    channels, shared = [DRUM_CHANNEL] * len(parts), dict[tuple[int, int], int]()
    for index in melodic:
        if crowded and sounds[index] in shared:
            channels[index] = shared[sounds[index]]
        else:
            channels[index] = shared[sounds[index]] = free.pop(0)
    return channels


def tuning_programs(tracks: Iterable[Track]) -> dict[str, int]:
    """A tuning program for every tuning of the parts but equal temperament, from 1 on: 0 is the default."""
    names = dict.fromkeys(part.tuning for part in tracks if part.tuning != "equal" and not part.sound.drum)
    return {name: number for number, name in enumerate(names, 1)}


def tuning_message(tuning: Tuning, program: int, pitches: Iterable[int]) -> tuple[int, ...]:
    """The data of a MIDI Tuning Standard message that tunes keys of a tuning program: single note tuning, real time.

    Each key gets a semitone below its pitch and the rest in 1/16384 of a semitone (MIDI 1.0 Detailed Specification,
    MIDI Tuning; MMA CA-020).

    >>> from senandung.domain.tuning import TUNINGS
    >>> tuning_message(TUNINGS["slendro-kanyut-mesem"], 1, [62])
    (127, 127, 8, 2, 1, 1, 62, 61, 84, 107)
    """
    keys = sorted(set(pitches))
    data = [127, 127, 8, 2, program, len(keys)]  # universal, real time, every device
    for key in keys:
        steps = min(max(round(hz_to_midi(tuning.hz(key)) * 16384), 0), (128 << 14) - 2)
        data += [key, steps >> 14, (steps >> 7) & 127, steps & 127]
    return tuple(data)


def lyric_events(words: Words) -> list[str]:
    """The text of each syllable's lyric event.

    >>> from senandung.domain.words import Line, Syllable
    >>> rindu = (Syllable("rin", ends_word=False), Syllable("du", begins_word=False))
    >>> lyric_events(Words("id", (Line("rindu", rindu),)))
    ['rin-', 'du\\r']
    """
    texts = []
    for line in words.lines:
        for syllable in line.syllables:
            texts.append(syllable.text + ("" if syllable.ends_word else "-"))
        texts[-1] += "\r"
    return texts


def signature_name(key: Key) -> str:
    """The key as a MIDI key signature names it: the major or minor key of the same signature.

    >>> signature_name(Key.parse("D dorian")), signature_name(Key.parse("Bb"))
    ('Am', 'Bb')
    """
    from senandung.domain.pitch import NoteName

    tonic = NoteName.from_fifths(key.fifths + (3 if key.is_minor else 0))
    return f"{tonic}m" if key.is_minor else str(tonic)


def _conductor_events(song: Song) -> list[Event]:
    from mido import MetaMessage

    events: list[Event] = [
        (0, 0, MetaMessage("track_name", name=song.title)),
        (0, 0, MetaMessage("text", text=sentence_of(song))),
        (0, 0, MetaMessage("copyright", text=licence_of(song.provenance))),
        *((0, 0, MetaMessage("text", text=row)) for row in label_rows(label_of(song))),
    ]
    for metre in song.metres:
        message = MetaMessage(
            "time_signature",
            numerator=metre.metre.numerator,
            denominator=metre.metre.denominator,
            clocks_per_click=max(1, min(255, metre.metre.beat_ticks // 20)),
        )
        events.append((metre.onset, 0, message))
    for key in song.keys:
        name = signature_name(key.key)
        events.append((key.onset, 0, MetaMessage("key_signature", key=name)))
        if key.key != Key.parse(name):
            events.append((key.onset, 0, MetaMessage("text", text=f"key: {key.key}")))
    events.extend((change.onset, 0, MetaMessage("set_tempo", tempo=change.microseconds)) for change in song.tempos)
    events.extend((section.onset, 0, MetaMessage("marker", text=section.name)) for section in song.sections)
    return events


def _tuning_events(song: Song, programs: Mapping[str, int]) -> list[Event]:
    from mido import Message

    events: list[Event] = []
    for name, program in programs.items():
        pitches = [note.pitch for part in song.tracks if part.tuning == name for note in part.notes]
        if pitches:
            events.append((0, 0, Message("sysex", data=tuning_message(TUNINGS[name], program, pitches))))
    return events


def _part_events(part: Track, channel: int, words: Words, program: int | None = None) -> list[Event]:
    from mido import Message, MetaMessage

    events: list[Event] = [
        (0, 0, MetaMessage("track_name", name=part.name)),
        (0, 0, MetaMessage("instrument_name", name=part.instrument)),
        (0, 0, MetaMessage("text", text=f"role: {part.role}")),
    ]
    bank = 0 if part.sound.drum else part.sound.bank
    events.append((0, 0, Message("control_change", channel=channel, control=0, value=bank)))
    events.append((0, 0, Message("control_change", channel=channel, control=32, value=0)))
    events.append((0, 0, Message("program_change", channel=channel, program=part.sound.program)))
    if program is not None:
        events.append((0, 0, MetaMessage("text", text=f"tuning: {part.tuning}")))
        for control, value in ((101, 0), (100, 3), (6, program), (101, 127), (100, 127)):  # select the tuning program
            events.append((0, 0, Message("control_change", channel=channel, control=control, value=value)))
    texts = lyric_events(words) if part.role == "vocal" else []
    before: int | None = None
    for note in part.notes:
        if texts and note.syllable is not None:
            if note.syllable != before:
                events.append((note.onset, 2, MetaMessage("lyrics", text=texts[note.syllable])))
            before = note.syllable
        events.append((note.onset, 3, Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)))
        events.append((note.end, 1, Message("note_off", channel=channel, note=note.pitch, velocity=0)))
    return events


def _track(events: list[Event], end: Tick) -> Any:
    from mido import MetaMessage, MidiTrack

    track, at = MidiTrack(), 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        message.time = tick - at
        track.append(message)
        at = tick
    track.append(MetaMessage("end_of_track", time=max(end - at, 0)))
    return track
