"""Who sings a song, and how."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from senandung.api.singers import habits_of, singer_of
from senandung.domain.errors import FileError, InputError, InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.performance import Performance
from senandung.domain.song import Song

if TYPE_CHECKING:
    from senandung.domain.recording import Recording
    from senandung.domain.singing import Singing

SINGING_FILE = "singing.json"


def singing_file(number: int) -> str:
    """The file of the first, second, third … voice, counted from 1.

    >>> singing_file(1), singing_file(2)
    ('singing.json', 'singing-2.json')
    """
    return SINGING_FILE if number == 1 else f"singing-{number}.json"


NO_LEXICON: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Take:
    """One take of a song: what is played, what is sung (None where nobody sings), the seed, remarks for the person.

    `voice` is the name or the folder by which the singer was asked for; "" is the singing's own. `along` is how those
    who sing along do it, a singing for each of the song's backing tracks. `humanise` is the dial of the players.
    """

    performance: Performance
    singing: Singing | None
    seed: int
    remarks: tuple[str, ...] = ()
    voice: str = ""
    along: tuple[Singing, ...] = ()
    humanise: float = 1.0

    @property
    def singings(self) -> tuple[Singing, ...]:
        """All that is sung, the first voice first."""
        return () if self.singing is None else (self.singing, *self.along)


def take_of(
    song: Song,
    *,
    seed: int,
    voice: str | bool | None = None,
    singing: Path | None = None,
    lexicon: Mapping[str, str] = NO_LEXICON,
    habits: str = "",
    humanise: float = 1.0,
) -> Take:
    """A take of a song.

    Parameters
    ----------
    song : any song; one without words is only played.
    seed : of performance and singing.
    voice : a voice's name or a voicebank's folder; None or True takes the one in whose range the part lies best, or
        the singing's own; False leaves the vocal part to its instrument.
    singing : a singing.json of this song, or its folder, to sing from instead of singing anew.
    lexicon : words as the person says them, of `files.lexicon.load_lexicon`.
    habits : a singer's name or a file, to sing with that singer's habits; "" takes the voice's own.
    humanise : how freely it is played, from 0 (exactly the grid) over 1 to 2 (rubato).
    """
    from senandung.performing.perform import perform

    performance = perform(song, seed=seed, humanise=humanise)
    if voice is False or not has_words(song):
        unused = (f"nobody sings here, so the habits of {habits} are not heard",) if habits else ()
        return Take(performance, None, seed, unused, humanise=humanise)
    named = voice if isinstance(voice, str) else None
    if singing is not None:
        given = given_singing(singing, song, named)
        own = own_along(singing, song, given.voice)
        anew = along_of(song, performance, given.voice if named is None else named, seed=seed, lexicon=lexicon)
        along = tuple(own.get(each.track, each) for each in anew)
        return Take(performance, given, seed, voice=named or "", along=along, humanise=humanise)
    made, remarks = singing_of(song, performance, voice=named, seed=seed, lexicon=lexicon, habits=habits)
    along = along_of(song, performance, named or made.voice, seed=seed, lexicon=lexicon, habits=habits)
    return Take(performance, made, seed, remarks, named or "", along, humanise)


def check_habits(habits: os.PathLike[str] | str | None, voice: object) -> str:
    """The habits that were asked for, "" for none; refused where nobody may sing, and where there are none such."""
    if habits is None:
        return ""
    if voice is False:
        raise InvalidValueError(f"habits are how a voice sings, and no voice was asked for, got {os.fspath(habits)!r}")
    habits_of(os.fspath(habits))
    return os.fspath(habits)


def has_words(song: Song) -> bool:
    """Whether a song has a vocal part whose notes carry words."""
    return song.vocal is not None and any(note.syllable is not None for note in song.vocal.notes)


def feeling_of(song: Song) -> Feeling:
    """The feeling that a song follows: the middle of its feeling curve."""
    if not song.feeling_curve:
        return Feeling.unread()
    points = song.feeling_curve
    valence = sum(point.valence for point in points) / len(points)
    arousal = sum(point.arousal for point in points) / len(points)
    return Feeling.at(valence, arousal)


def singing_of(
    song: Song,
    performance: Performance,
    *,
    voice: str | None = None,
    seed: int,
    lexicon: Mapping[str, str] = NO_LEXICON,
    habits: str = "",
) -> tuple[Singing, tuple[str, ...]]:
    """How a song's vocal part is sung, and sentences about what nobody could be sure of and what the voice lacks."""
    from senandung.language.pronunciation import pronounce, said_unsure
    from senandung.singing.habits import Habits
    from senandung.singing.phrase import fitting_voice, sing_part

    said = pronounce(song.words, lexicon)
    singer = singer_of(voice or fitting_voice(song))
    own = (habits_of(habits) if habits else singer.habits) or Habits()
    made = sing_part(song, performance, said, voice=singer.sheet, feeling=feeling_of(song), seed=seed, habits=own)
    return made, tuple(filter(None, (said_unsure(said.unsure), singer.lacks(made))))


def along_of(
    song: Song,
    performance: Performance,
    voice: str,
    *,
    seed: int,
    lexicon: Mapping[str, str] = NO_LEXICON,
    habits: str = "",
) -> tuple[Singing, ...]:
    """How the song's backing tracks are sung, by the same singer: each a little late, and a little beside the pitch."""
    from senandung.language.pronunciation import pronounce
    from senandung.singing.habits import Habits
    from senandung.singing.phrase import BESIDE, along, sing_part

    if not song.backings:
        return ()
    said, singer, feeling = pronounce(song.words, lexicon), singer_of(voice), feeling_of(song)
    own = along((habits_of(habits) if habits else singer.habits) or Habits())
    return tuple(
        sing_part(
            song,
            performance,
            said,
            voice=singer.sheet,
            feeling=feeling,
            seed=seed,
            habits=own,
            track=track,
            detuned=-BESIDE if number % 2 else BESIDE,
        )
        for number, track in enumerate(song.backings)
    )


def own_along(path: Path, song: Song, voice: str) -> dict[str, Singing]:
    """The singings of backing tracks that stand beside a singing.json, by track: those of this song, in this voice."""
    from senandung.files.singing_json import load_singing

    folder = path if path.is_dir() else path.parent
    files = [folder / singing_file(number) for number, _ in enumerate(song.backings, 2)]
    found = [load_singing(file) for file in files if file.is_file()]
    return {each.track: replace(each, voice=voice) for each in found if each.song_id == song.song_id}


def given_singing(path: Path, song: Song, voice: str | None) -> Singing:
    """A singing.json, or the one of a song folder, that must belong to the song; sung by another voice if one is named.

    Raises `FileError` where it belongs to another song.
    """
    from senandung.files.singing_json import load_singing

    path = path / SINGING_FILE if path.is_dir() else path
    found = load_singing(path)
    if found.song_id != song.song_id or song.vocal is None or found.track != song.vocal.name:
        raise FileError(path, f"the singing of another song than {song.title!r}: its notes or words are not the same")
    if voice is not None:
        return replace(found, voice=singer_of(voice).sheet.name)
    try:
        singer_of(found.voice)
    except InputError as error:
        raise FileError(path, f"{error}; name who sings it, or a voicebank's folder, with --voice") from error
    return found


def voiced(singing: Singing, *, seed: int, voice: str = "") -> Recording:
    """The singing in its voice, or in the one of a name or a folder: mono, 44.1 kHz, dry."""
    return singer_of(voice or singing.voice).sing(singing, seed)
