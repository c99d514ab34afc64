"""Who plays: the style's players, or exactly the instruments that were asked for, with fitting roles."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from senandung.domain.errors import InvalidValueError
from senandung.domain.instruments import INSTRUMENTS, instrument
from senandung.domain.style import Player, Style

MOST_MELODIC = 15
"""A MIDI file has sixteen channels; the tenth is for drums."""

_SUSTAINED = ("strings", "pad", "organ", "choir", "accordion")
_BASSES = ("bass", "contrabass", "contrabass-pizzicato", "keroncong-bass", "timpani")


def choose_players(style: Style, ensemble: tuple[str, ...], *, needs_melody: bool) -> tuple[Player, ...]:
    """The players of an arrangement.

    Parameters
    ----------
    style : gives the players where `ensemble` is empty, and the figures of the instruments that it knows.
    ensemble : names of the instrument table; a name given twice is two players.
    needs_melody : True where nobody sings, so that a player must take the melody.
    """
    if not ensemble:
        return _with_melody(style) if needs_melody else style.ensemble
    for name in ensemble:
        if not name.strip():
            raise InvalidValueError(
                f"an ensemble must name its instruments, divided by commas, got an empty name in {list(ensemble)!r}"
            )
    names = [instrument(name).name for name in ensemble]
    pitched = [name for name in names if not INSTRUMENTS[name].drum]
    if needs_melody and not pitched:
        raise InvalidValueError(
            f"an ensemble without a voice must have an instrument for the melody: add one such as flute, got {names!r}"
        )
    most = MOST_MELODIC if needs_melody else MOST_MELODIC - 1
    if len(pitched) > most:
        raise InvalidValueError(
            f"an ensemble must have at most {most} melodic players beside the drums: leave some out, got {len(pitched)}"
        )
    return _cast(style, names, needs_melody)


def _with_melody(style: Style) -> tuple[Player, ...]:
    """The style's players with the melody on one of them, or on the style's lead where none leads."""
    if any(player.role == "melody" for player in style.ensemble):
        return style.ensemble
    if len(style.ensemble) == 1:
        return (replace(style.ensemble[0], role="melody"),)
    lead = Player("Melody", "melody", style.lead, "melody")
    return (lead, *style.ensemble)


def _cast(style: Style, names: list[str], needs_melody: bool) -> tuple[Player, ...]:
    """Players for the asked instruments: melody, bass, chords, counter-lines, or real parts where none has chords."""
    tracks = _track_names(names)
    sounds = [INSTRUMENTS[name] for name in names]
    pitched = [index for index, sound in enumerate(sounds) if not sound.drum]
    melody = _melody_player(names, pitched) if needs_melody else None
    left = [index for index in pitched if index != melody]
    chordal = any(sounds[index].polyphony >= 3 for index in left)
    single = [index for index in pitched if sounds[index].polyphony <= 2]
    bass = _bass_player(names, left)
    # With chords in the group, single lines are melody, bass and counter-lines; without, they are written together.
    together = set() if chordal or len(single) < 2 else set(single)
    own = {player.instrument: player for player in style.ensemble}
    players: list[Player] = []
    for index, (name, track) in enumerate(zip(names, tracks, strict=True)):
        known = own.get(name)
        if sounds[index].drum:
            role, pattern = "drums", known.pattern if known else _drums_for(style, name)
        elif index == melody:
            role, pattern = "melody", _melody_pattern(names[index], index in together, chordal)
        elif index in together:
            role, pattern = ("bass" if index == bass else "counter"), "quartet"
        elif index == bass:
            role, pattern = "bass", known.pattern if known and known.pattern.startswith("bass-") else _bass_for(style)
        elif known is not None and known.pattern != "quartet":
            role, pattern = known.role, known.pattern
        elif sounds[index].polyphony >= 3:
            role, pattern = _chords_for(name, alone=len(left) == 1 and melody is None)
        else:
            role, pattern = "counter", "fills"
        base = known or Player(track, role, name, pattern)
        first = role in ("chords", "pad") and not any(player.role in ("chords", "pad") for player in players)
        few = len(names) <= 3
        enters = 0.0 if first or few else min(base.enters, 0.4)
        players.append(replace(base, track=track, role=role, pattern=pattern, enters=enters))
    return tuple(players)


def _melody_player(names: list[str], pitched: list[int]) -> int:
    """The first melodic instrument that can sing above a bass; else the first that has a pitch."""
    singers = [i for i in pitched if INSTRUMENTS[names[i]].polyphony <= 2 and names[i] not in _BASSES]
    high = [i for i in singers if INSTRUMENTS[names[i]].comfortable[1] >= 67]
    chords = [i for i in pitched if INSTRUMENTS[names[i]].polyphony >= 3 and names[i] not in ("cuk", "cak")]
    return (high or singers or chords or pitched)[0]


def _bass_player(names: list[str], left: list[int]) -> int | None:
    """The lowest player of a single line that reaches down to G2, if any."""
    fitting = [i for i in left if INSTRUMENTS[names[i]].comfortable[0] <= 43 and INSTRUMENTS[names[i]].polyphony <= 2]
    return min(fitting, key=lambda i: (names[i] not in _BASSES, INSTRUMENTS[names[i]].comfortable[0], i), default=None)


def _melody_pattern(name: str, together: bool, chordal: bool) -> str:
    if together:
        return "quartet"
    chords_too = INSTRUMENTS[name].polyphony >= 4 and not chordal and name not in ("cuk", "cak")
    return "piano-solo" if chords_too else "melody"


def _drums_for(style: Style, name: str) -> str:
    if name in ("gendang", "kendang"):
        return "gendang-chalte"
    own = next((player.pattern for player in style.ensemble if player.instrument == "drums"), None)
    return own or "drums-ballad"


def _bass_for(style: Style) -> str:
    own = next((p.pattern for p in style.ensemble if p.role == "bass" and p.pattern.startswith("bass-")), None)
    return own or "bass-ballad"


def _chords_for(name: str, alone: bool) -> tuple[str, str]:
    if name in ("cuk", "cak"):
        return "chords", name
    if name in _SUSTAINED and not alone:
        return "pad", "strings-hold"
    if INSTRUMENTS[name].family == "plucked" and name != "harp":
        return "chords", "guitar-arpeggio" if name != "electric-guitar" else "guitar-offbeat"
    return "chords", "piano-solo" if alone and name not in _SUSTAINED else "piano-ballad"


def _track_names(names: list[str]) -> list[str]:
    """Track names: the instrument's, numbered where it stands twice."""
    total = Counter(names)
    seen: Counter[str] = Counter()
    tracks = []
    for name in names:
        seen[name] += 1
        english = INSTRUMENTS[name].english
        tracks.append(f"{english} {seen[name]}" if total[name] > 1 else english)
    return tracks
