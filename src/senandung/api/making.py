"""What a person wishes in the browser: traces that are read, songs that are made and rewritten, as jobs.

A wish is plain data, so that it lies in the table of jobs and any worker can take it up. Reading comes first, as a job
of its own: its result (the feeling, the words, the tune) is what a wish for a song is made of, and the files that were
read can go.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from senandung.api.home import Home
from senandung.api.jobs import Finished, Task, Work
from senandung.api.options import Options, checked_options, checked_seed
from senandung.api.traces import LONGEST_TEXT, Trace
from senandung.domain.checks import require
from senandung.domain.errors import FileError, InvalidValueError, OutputError
from senandung.domain.feeling import Feeling, feeling_of_plain, feeling_plain
from senandung.domain.motif import motif_of_plain, motif_plain
from senandung.remembering import jobs

if TYPE_CHECKING:
    from senandung.api.traces import Sensed
    from senandung.domain.motif import Motif

READ, CREATE, REWRITE = "read", "create", "rewrite"
"""Kinds of jobs."""

MOST_FILES = 5
"""Files of one wish: one of each kind of trace."""

LONGEST_LETTER = 10_000
"""Characters of a letter that goes with a song."""

FORGOTTEN = timedelta(days=2)
"""After which a file that was handed in and belongs to no wish that waits is removed."""


@dataclass(frozen=True)
class Asked:
    """What a song shall be made of.

    Parameters
    ----------
    text : what was written, from which words come where `words` are None.
    feeling : as it was read, or as the person moved it.
    words : the lines to be sung, one a line; None takes the text's.
    tune : a tune of their own.
    options : everything else, as `create` takes it: style, voice, minutes, bars, title, story …
    letter : to go with the song where it is given to somebody.
    memory : the memory that it comes from.
    """

    text: str
    feeling: Feeling
    words: str | None = None
    tune: Motif | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    letter: str = ""
    memory: int | None = None

    def __post_init__(self) -> None:
        require(len(self.text) <= LONGEST_TEXT, f"a text must have at most {LONGEST_TEXT} characters", len(self.text))
        rule = f"a letter must have at most {LONGEST_LETTER} characters"
        require(len(self.letter) <= LONGEST_LETTER, rule, len(self.letter))


_OPTIONS = (
    "style", "voice", "minutes", "bars", "title", "story", "private_story", "language", "verses", "key", "tempo",
)  # fmt: skip
"""Options of `create` that a wish may hold."""


def wish_of(asked: Asked) -> dict[str, Any]:
    """A wish as plain data, every option checked. Inverse of `asked_of_wish`.

    Raises what `create` would raise of an option, before anything waits for it.
    """
    strange = set(asked.options) - set(_OPTIONS)
    require(not strange, f"a wish's options must be among {', '.join(_OPTIONS)}", sorted(strange))
    options = checked_options(asked.options)
    _check_style(options.get("style"))
    return {
        "text": asked.text,
        "feeling": feeling_plain(asked.feeling),
        "words": asked.words,
        "tune": None if asked.tune is None else motif_plain(asked.tune),
        "options": dict(options),
        "letter": asked.letter,
        "memory": asked.memory,
    }


def asked_of_wish(wish: Mapping[str, Any]) -> Asked:
    """What a wish asks for. Inverse of `wish_of`."""
    tune = wish["tune"]
    return Asked(
        wish["text"],
        feeling_of_plain(wish["feeling"]),
        wish["words"],
        None if tune is None else motif_of_plain(tune),
        wish["options"],
        wish["letter"],
        wish["memory"],
    )


def _check_style(name: str | None) -> None:
    from senandung.api.own_styles import own_chosen
    from senandung.composing.catalogue import composer_styles, is_composer_style
    from senandung.composing.styles import style_names
    from senandung.domain.errors import UnknownNameError

    if name and name not in style_names() and not is_composer_style(name) and own_chosen(name) is None:
        raise UnknownNameError("style", name, [*style_names(), *composer_styles()])


# reading


def reading_wish(
    text: str,
    files: Sequence[str] = (),
    tune: str | None = None,
    *,
    names: Mapping[str, str] | None = None,
    felt: Feeling | None = None,
    memory: int | None = None,
) -> dict[str, Any]:
    """A wish to have traces read. Raises `InvalidValueError` for nothing at all, and for too much of it.

    Parameters
    ----------
    files : by their paths below the home's uploads.
    tune : the file that is to be a motif.
    names : what the person calls the files.
    felt : what they said of the feeling in a memory, which counts above what is read.
    memory : the memory that it comes from.
    """
    if not text.strip() and not files and tune is None and felt is None:
        raise InvalidValueError("something must be written, spoken, hummed or uploaded")
    require(len(text) <= LONGEST_TEXT, f"a text must have at most {LONGEST_TEXT} characters", len(text))
    require(len(files) <= MOST_FILES, f"at most {MOST_FILES} files can be read together", len(files))
    return {
        "text": text, "files": list(files), "tune": tune, "names": dict(names or {}), "memory": memory,
        "felt": None if felt is None else feeling_plain(felt),
    }  # fmt: skip


def read_wish(home: Home, wish: Mapping[str, Any]) -> dict[str, Any]:
    """Read the traces of a wish; what was read as plain data."""
    from senandung.api.motif import read_motif

    traces: list[Trace] = [wish["text"]] if wish["text"].strip() else []
    traces += [uploaded(home, name) for name in wish["files"]]
    tune = None if wish["tune"] is None else read_motif(uploaded(home, wish["tune"]))
    found = _read(traces) if traces else _unread()
    if wish["felt"] is not None:
        found |= {"feeling": wish["felt"], "sentence": "", "said": True}
    for each in found["readings"]:
        each["name"] = next(
            (said for path, said in wish["names"].items() if Path(path).name == each["name"]), each["name"]
        )
    if tune is not None:
        found |= {"tune": motif_plain(tune.motif), "tune_remarks": list(tune.remarks)}
    return found


def _read(traces: Sequence[Trace]) -> dict[str, Any]:
    from senandung.api.feel import read_feeling

    sensed = read_feeling(*traces)
    return {
        "text": sensed.text or _heard(sensed),
        "language": sensed.language,
        "sentence": sensed.sentence,
        "feeling": feeling_plain(sensed.feeling),
        "remarks": [*sensed.remarks, *(remark for reading in sensed.readings for remark in reading.remarks)],
        "readings": [
            {"kind": reading.kind, "name": reading.name, "feeling": feeling_plain(reading.feeling)}
            for reading in sensed.readings
        ],
    }


def _unread() -> dict[str, Any]:
    """Nothing to read a feeling from: a tune alone says none."""
    return {
        "text": "", "language": "id", "sentence": "", "feeling": feeling_plain(Feeling.unread()), "remarks": [],
        "readings": [],
    }  # fmt: skip


def _heard(sensed: Sensed) -> str:
    """The words that were heard in a voice note, where there is a recogniser."""
    return "\n".join(" ".join(word.shown for word in each.words) for each in sensed.readings if each.words)


def keep_upload(folder: Path, name: str, data: bytes) -> Path:
    """Write what is kept elsewhere, such as a memory's voice note, as a file that was handed in."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{secrets.token_hex(12)}{Path(name).suffix}"
    try:
        path.write_bytes(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise OutputError(f"the file cannot be kept: {error.strerror or error}") from error
    return path


def uploaded(home: Home, name: str) -> Path:
    """A file that was handed in, by its path below the home's uploads."""
    path = (home.uploads / name).resolve()
    if not path.is_relative_to(home.uploads.resolve()) or not path.is_file():
        raise FileError(Path(Path(name).name), "it is not here any more; hand it in once more")
    return path


def forget_uploads(home: Home, wish: Mapping[str, Any]) -> None:
    """Remove the files of a wish that was read or given up."""
    names = [*wish.get("files", ()), *([wish["tune"]] if isinstance(wish.get("tune"), str) else [])]
    for name in names:
        path = (home.uploads / name).resolve()
        if path.is_relative_to(home.uploads.resolve()):
            path.unlink(missing_ok=True)


def sweep(home: Home, *, at: datetime, kept: Sequence[Mapping[str, Any]] = (), known: Collection[int] = ()) -> int:
    """Remove what was handed in longer than `FORGOTTEN` ago and is in no wish of `kept`; how many files that were.

    Tunes of jobs that are not among `known` go too: with their job, or with their person.
    """
    for folder in (home.folder / "tunes").glob("*"):
        if folder.name not in {str(number) for number in known}:
            shutil.rmtree(folder, ignore_errors=True)
    wanted = {str(name) for wish in kept for name in (*wish.get("files", ()), wish.get("tune")) if name}
    gone = 0
    for path in home.uploads.rglob("*") if home.uploads.is_dir() else ():
        old = path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < at - FORGOTTEN
        if old and path.relative_to(home.uploads).as_posix() not in wanted:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def tune_folder(home: Home, job_id: int) -> Path:
    """Where the pictures and the sound of a tune that a job read lie."""
    return home.folder / "tunes" / str(job_id)


def forget_tune(home: Home, job_id: int) -> None:
    """Remove the pictures and the sound of a tune."""
    shutil.rmtree(tune_folder(home, job_id), ignore_errors=True)


def read_job(task: Task) -> Finished:
    """Read what was handed in; afterwards the files are gone, the tune is kept as notes, picture and sound."""
    from senandung.api.motif import ReadMotif, save_motif

    task.progress("reading", 0.05)
    found = read_wish(task.home, task.job.wish)
    task.progress("reading", 0.9)
    drawn = task.folder / "tune"
    if "tune" in found:
        save_motif(ReadMotif(motif_of_plain(found["tune"]), "notes", "tune"), drawn)

    def settle(_session: Any) -> Mapping[str, Any]:
        if drawn.is_dir():
            _move(drawn, tune_folder(task.home, task.job.id))
        forget_uploads(task.home, task.job.wish)
        return {}

    return Finished(found, settle)


# making


def create_job(task: Task) -> Finished:
    """Make a song; it is one of the person's tracks when all of it is done."""
    from senandung.api.create import Created, create

    asked = asked_of_wish(task.job.wish)
    options: Options = dict(asked.options)  # type: ignore[assignment]
    options["feeling"] = asked.feeling
    options["seed"] = checked_seed(task.job.seed)
    if asked.words is not None and asked.words.strip():
        options["words"] = asked.words
    if asked.tune is not None:
        options["motif"] = asked.tune
    traces = (asked.text,) if asked.text.strip() else ()
    made: Created = create(*traces, out=task.folder / "song", progress=task.progress, **options)
    return _song_done(task, made, asked.feeling)


def rewrite_wish(folder: Path, title: str, bars: str, names: Sequence[str]) -> dict[str, Any]:
    """A wish to have bars of a song's tracks written anew; no name means all tracks.

    Raises `InvalidValueError` for bars and tracks that the song does not have.
    """
    from senandung.api.rewrite import parse_bars
    from senandung.api.song_view import song_of

    song = song_of(folder)
    parse_bars(bars, len(song.bar_starts()))
    known = {track.name for track in song.tracks}
    require(set(names) <= known, f"tracks must be among {', '.join(sorted(known))}", sorted(set(names) - known))
    return {
        "folder": str(folder), "title": title, "bars": bars, "tracks": list(names), "feeling": None, "voice": None,
        "letter": "",
    }  # fmt: skip


def rewrite_job(task: Task) -> Finished:
    """Write bars of a song anew, and make all of its sound, pages and pictures again as another song."""
    from senandung.api.check import check
    from senandung.api.compose import Composed
    from senandung.api.create import save_created
    from senandung.api.original import asked_of
    from senandung.api.rewrite import rewrite
    from senandung.api.voice import feeling_of, take_of

    wish = task.job.wish
    task.progress("composing", 0.02)
    written = rewrite(Path(wish["folder"]), bars=wish["bars"], tracks=wish["tracks"] or None, seed=task.job.seed)
    feeling = feeling_of_plain(wish["feeling"]) if wish["feeling"] else feeling_of(written.song)
    composed = Composed(written.song, feeling, True, written.remarks)
    report = check(written.song, asked=asked_of(written.song))
    voice = wish["voice"] if written.song.vocal is not None else False
    take = take_of(written.song, seed=checked_seed(written.song.provenance.seed), voice=voice)
    made = save_created(composed, report, take, task.folder / "song", progress=task.progress)
    return _song_done(task, made, feeling)


def _song_done(task: Task, made: Any, feeling: Feeling) -> Finished:
    song = made.song

    def settle(session: Any) -> Mapping[str, Any]:
        from senandung.api.create import folder_for
        from senandung.api.library import found_song
        from senandung.remembering import scanned

        place = folder_for(song, None, songs=task.home.songs)
        _move(task.folder / "song", place)
        try:
            found = found_song(place, owner_id=task.job.account_id)
            track_id = scanned.save_file(session, found, folder_id=None, at=datetime.now(UTC), moved=None)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return {"track_id": track_id}

    result = {
        "song_id": song.song_id,
        "title": song.title,
        "style": song.provenance.style,
        "seed": song.provenance.seed,
        "seconds": round(made.seconds, 3),
        "voice": made.voice,
        "remarks": [*made.composed.remarks, *made.remarks],
        "feeling": feeling_plain(feeling),
        "letter": task.job.wish.get("letter", ""),
    }
    return Finished(result, settle)


def _move(folder: Path, place: Path) -> None:
    """Move a finished folder to where nothing lies yet, or what was left of the same work."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if place.is_dir():
        shutil.rmtree(place)
    folder.rename(place)


def letter_of(home: Home, account_id: int, track_id: int) -> str:
    """The letter that a person wrote to go with a song; empty where there is none."""
    with home.database.reading() as session:
        job = jobs.job_of_track(session, account_id, track_id)
    return "" if job is None else str(job.result.get("letter", ""))


KINDS: Mapping[str, Work] = MappingProxyType({READ: read_job, CREATE: create_job, REWRITE: rewrite_job})
"""What does the jobs of each kind."""
