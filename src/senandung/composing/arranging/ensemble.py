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
    tracks = _track_names(names)
    roles: list[tuple[str, str]] = []
    pitched = [name for name in names if not INSTRUMENTS[name].drum]
    melody = _melody_instrument(pitched) if needs_melody else None
    left = [index for index, name in enumerate(names) if not INSTRUMENTS[name].drum]
    if melody is not None:
        left.remove(names.index(melody))
    low = sorted(left, key=lambda index: (names[index] not in _BASSES, INSTRUMENTS[names[index]].comfortable[0]))
    bass = next((i for i in low if INSTRUMENTS[names[i]].comfortable[0] <= 43 and INSTRUMENTS[names[i]].polyphony <= 2), None)
    chordal = any(INSTRUMENTS[names[i]].polyphony >= 3 for i in left)
    own = {player.instrument: player for player in style.ensemble}
    for index, name in enumerate(names):
        sound = INSTRUMENTS[name]
        known = own.get(name)
        if sound.drum:
            drums = known.pattern if known else "gendang-chalte" if name == "gendang" else "drums-pop"
            roles.append(("drums", drums))
        elif melody is not None and index == names.index(melody):
            together = not chordal and sound.polyphony <= 2 and len(pitched) > 1
            chords_too = sound.polyphony >= 4 and not chordal and name not in ("cuk", "cak")
            roles.append(("melody", "quartet" if together else "piano-solo" if chords_too else "melody"))
        elif not chordal and sound.polyphony <= 2:
            roles.append(("bass" if index == bass else "counter", "quartet"))
        elif index == bass:
            roles.append(("bass", known.pattern if known and known.role == "bass" else "bass-ballad"))
        elif known is not None and known.pattern != "quartet":
            roles.append((known.role, known.pattern))
        elif sound.polyphony >= 3:
            roles.append(_chords_for(name))
        else:
            roles.append(("counter", "fills"))
    return tuple(
        replace(own[name], track=track, role=role, pattern=pattern)
        if name in own
        else Player(track, role, name, pattern)
        for name, track, (role, pattern) in zip(names, tracks, roles, strict=True)
    )


def _melody_instrument(pitched: list[str]) -> str:
    """The first melodic instrument that can sing above a bass; else the first that has a pitch."""
    singers = [name for name in pitched if INSTRUMENTS[name].polyphony <= 2 and name not in _BASSES]
    high = [name for name in singers if INSTRUMENTS[name].comfortable[1] >= 67]
    chords = [name for name in pitched if INSTRUMENTS[name].polyphony >= 3 and name not in ("cuk", "cak")]
    return (high or singers or chords or pitched)[0]


def _chords_for(name: str) -> tuple[str, str]:
    if name in _SUSTAINED:
        return "pad", "strings-hold"
    if name in ("cuk", "cak"):
        return "chords", name
    if INSTRUMENTS[name].family == "plucked" and name != "harp":
        return "chords", "guitar-arpeggio" if name != "electric-guitar" else "guitar-offbeat"
    return "chords", "piano-ballad"


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
