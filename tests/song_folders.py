"""A small song folder as `create` leaves it: its notes and words, and a tone for its sound."""

from __future__ import annotations

from pathlib import Path

from music_files import make_music
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import KeyChange, MetreChange, Note, Provenance, Section, Song, Track
from senandung.domain.tempo import TempoChange
from senandung.domain.words import Line, Syllable, Words
from senandung.files.song_json import save_song


def a_song(story: str = "Malam itu hujan.", *, private: bool = False) -> Song:
    """Two sung lines at 60 beats a minute: at 1 s and at 3 s."""
    syllables = (Syllable("rin", True, True, False), Syllable("du", False, False, True))
    notes = (
        Note(480, 480, 60, 80, 0),
        Note(960, 480, 62, 80, 1),
        Note(1440, 240, 64, 80, 2),
        Note(1680, 240, 60, 80, 3),
    )
    return Song(
        "Rindu di Jendela",
        (Track("Vokal", "vocal", "violin", notes),),
        tempos=(TempoChange.at_bpm(0, 60),),
        metres=(MetreChange(0, Metre(4, 4)),),
        keys=(KeyChange(0, Key.parse("Am")),),
        sections=(Section("Verse 1", "verse", 0, 1920),),
        words=Words("id", (Line("Rindu", syllables), Line("rindu", syllables))),
        provenance=Provenance(seed=1, version="0.1.0", style="pop-ballad", story=story, private_story=private),
    )


def song_folder(folder: Path, song: Song | None = None) -> Path:
    """The folder of a song, with its sound and a stem that is no track of its own."""
    make_music(folder / "song.wav", seconds=4)
    make_music(folder / "stems" / "01-vokal.flac")
    save_song(song or a_song(), folder / "song.json")
    return folder
