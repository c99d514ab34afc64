"""The command `senandung`.

Exit status: 0; 2 where the input is at fault; 1 where the machine is; 130 when stopped by the keyboard. An error is one
line on standard error.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import signal
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from senandung.app.arguments import build_parser, order_arguments
from senandung.domain.errors import FileError, InvalidValueError, SenandungError

if TYPE_CHECKING:
    from senandung.domain.song import Song

_FILE_ENDINGS = ("txt", "md", "lrc", "csv", "json", "mid", "midi", "musicxml", "xml", "mxl", "krn", "abc", "ustx",
                 "wav", "flac", "mp3", "ogg", "opus", "m4a", "aac", "mp4", "webm", "mov", "mkv", "avi",
                 "m4v", "3gp", "kern")  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    _ready_streams()
    try:
        with _ended_as_stopped():
            status = _run(sys.argv[1:] if arguments is None else arguments)
            if sys.stdout is not None:
                sys.stdout.flush()
            return status
    except SenandungError as error:
        print(f"senandung: {' '.join(str(error).split())}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("senandung: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output left (as `head` does); nothing is wrong, and nothing more can be said.
        _forget_output()
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"senandung: {where}{error.strerror or error}", file=sys.stderr)
        _forget_output()
        return 1
    except MemoryError:
        print("senandung: this machine has not enough memory for it", file=sys.stderr)
        return 1


def _ready_streams() -> None:
    """A terminal that cannot show a letter shows a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextmanager
def _ended_as_stopped() -> Iterator[None]:
    """Asked to end (a closed terminal, `kill`), the program cleans up as it does for the keyboard."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _forget_output() -> None:
    """Nothing more is written, not even by Python when it leaves."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: Sequence[str]) -> int:
    parser = build_parser()
    given = parser.parse_args(order_arguments(arguments, parser))
    if given.command is None:
        parser.print_help()
        return 0
    command = {
        "create": _create,
        "check": _check,
        "compose": _compose,
        "continue": _continue,
        "rewrite": _rewrite,
        "feel": _feel,
        "kept": _kept,
        "learn": _learn,
        "library": _library,
        "avoided": _avoided,
        "now": _now,
        "remember": _remember,
        "gift": _gift,
        "render": _render,
        "serve": _serve,
        "sing": _sing,
        "styles": _styles,
        "train": _train,
        "motif": _motif,
        "transcribe": _transcribe,
        "label": _label,
        "verify": _verify,
        "voices": _voices,
    }[given.command]
    return command(given)


def _create(given: argparse.Namespace) -> int:
    from senandung.api.create import create
    from senandung.app.motif_command import show_motif
    from senandung.app.show import Progress, say_created
    from senandung.app.show_feeling import feeling_plain

    options = _options(given)
    own = show_motif(given, options)
    with Progress() as progress:
        made = create(
            *_traces(given),
            out=given.out,
            habits=given.habits,
            humanise=given.humanise,
            soundfont=given.soundfont,
            progress=progress,
            **options,
        )
    if given.json:
        _print_json(
            {
                "folder": str(made.folder),
                "song_id": made.song.song_id,
                "style": made.song.provenance.style,
                "seed": made.song.provenance.seed,
                "seconds": round(made.seconds, 3),
                "feeling": feeling_plain(made.feeling),
                "voice": made.voice,
                "voice_to_band_db": None if made.voice_to_band is None else round(made.voice_to_band, 2),
                "remarks": [*made.composed.remarks, *made.remarks],
                **({} if own is None else {"motif": own}),
                "files": list(made.files),
            }
        )
    else:
        say_created(made)
    return 0


def _compose(given: argparse.Namespace) -> int:
    from senandung.api.create import folder_for
    from senandung.api.original import compose_original, save_composed
    from senandung.app.motif_command import show_motif
    from senandung.app.show import Progress, say_composed
    from senandung.app.show_feeling import feeling_plain
    from senandung.files.folders import check_free, new_folder

    if given.out is not None:
        check_free(given.out)
    options = _options(given)
    own = show_motif(given, options)
    with Progress() as progress:
        made, report = compose_original(*_traces(given), progress=progress, **options)
    out = folder_for(made.song, given.out, suffix="-notes")
    with new_folder(out) as folder:
        files = save_composed(made.song, report, folder)
    if given.json:
        _print_json(
            {
                "folder": str(out),
                "song_id": made.song.song_id,
                "style": made.song.provenance.style,
                "seed": made.song.provenance.seed,
                "seconds": round(made.song.seconds, 3),
                "feeling": feeling_plain(made.feeling),
                "remarks": list(made.remarks),
                **({} if own is None else {"motif": own}),
                "files": list(files),
            }
        )
    else:
        say_composed(made, out)
    return 0


def _continue(given: argparse.Namespace) -> int:
    from senandung.api.continue_ import continue_
    from senandung.app.show import Progress, say_notes
    from senandung.files.folders import check_free

    if given.out is not None:
        check_free(given.out)
    with Progress() as progress:
        made = continue_(
            given.file,
            bars=given.bars,
            style=given.style,
            join=given.join,
            seed=given.seed,
            title=given.title,
            progress=progress,
        )
    out, files = _save(made.song, given.out, "-continued")
    if given.json:
        plain = _notes_plain(made.song, out, made.seed, made.remarks, files)
        _print_json({**plain, "opening_bars": made.opening_bars, "added_bars": given.bars})
    else:
        what = f"bars 1–{made.opening_bars} are the opening, bar for bar; {given.bars} bars were added"
        say_notes(made.song, out, what, made.seed, made.remarks)
    return 0


def _rewrite(given: argparse.Namespace) -> int:
    from senandung.api.rewrite import rewrite
    from senandung.app.show import Progress, say_notes
    from senandung.files.folders import check_free

    if given.out is not None:
        check_free(given.out)
    with Progress() as progress:
        made = rewrite(given.song, bars=given.bars, tracks=given.tracks, seed=given.seed, progress=progress)
    out, files = _save(made.song, given.out, "-rewritten")
    if given.json:
        plain = _notes_plain(made.song, out, made.seed, made.remarks, files)
        _print_json({**plain, "bars": list(made.bars), "tracks": list(made.tracks)})
    else:
        what = f"bars {made.bars[0]}–{made.bars[1]} of {', '.join(made.tracks)} are new; the rest is as it was"
        say_notes(made.song, out, what, made.seed, made.remarks)
    return 0


def _save(song: Song, out: Path | None, suffix: str) -> tuple[Path, tuple[str, ...]]:
    from senandung.api.check import check
    from senandung.api.create import folder_for
    from senandung.api.original import asked_of, save_composed
    from senandung.files.folders import new_folder

    target = folder_for(song, out, suffix=suffix)
    report = check(song, asked=asked_of(song))
    with new_folder(target) as folder:
        files = save_composed(song, report, folder)
    if report.copied:
        print(f"senandung: {report.verdict('en')}", file=sys.stderr)
    return target, files


def _notes_plain(song: Song, out: Path, seed: int, remarks: Sequence[str], files: Sequence[str]) -> dict[str, Any]:
    return {
        "folder": str(out), "song_id": song.song_id, "style": song.provenance.style, "seed": seed,
        "seconds": round(song.seconds, 3), "remarks": list(remarks),
        "files": list(files),
    }  # fmt: skip


def _feel(given: argparse.Namespace) -> int:
    from senandung.api.feel import save_feeling_read
    from senandung.app.kept_command import read_and_keep
    from senandung.app.show_feeling import say_sensed, sensed_plain

    sensed, more, lines = read_and_keep(given, _traces(given))
    if given.out is not None:
        save_feeling_read(sensed, given.out)
    if given.json:
        _print_json({**sensed_plain(sensed), **more})
    else:
        say_sensed(sensed)
        if lines:
            print("\n".join(lines))
    return 0


def _render(given: argparse.Namespace) -> int:
    from senandung.api.render import render
    from senandung.app.show import Progress, say_masking
    from senandung.files.paths import given_path

    out = given.out
    if out is None:
        source = given_path(given.song).absolute()
        out = source.parent / f"{source.stem}-audio"
    with Progress() as progress:
        made = render(
            given.song,
            out=out,
            seed=given.seed,
            voice=given.voice,
            habits=given.habits,
            humanise=given.humanise,
            soundfont=given.soundfont,
            masking=given.masking,
            progress=progress,
        )
    if given.json:
        _print_json(
            {
                "folder": str(made.folder),
                "song_id": made.song.song_id,
                "seed": made.seed,
                "seconds": round(made.seconds, 3),
                "voice": made.voice,
                "voice_to_band_db": None if made.voice_to_band is None else round(made.voice_to_band, 2),
                "remarks": list(made.remarks),
                "files": list(made.files),
                **({} if made.masking is None else {"masking": {name: vars(e) for name, e in made.masking.items()}}),
            }
        )
    else:
        print(f"{made.folder}: {made.seconds:.0f} s of sound, {len(made.files)} files")
        say_masking(made.masking)
    return 0


def _sing(given: argparse.Namespace) -> int:
    from senandung.api.sing import sing
    from senandung.app.show import Progress, say_sung
    from senandung.files.paths import given_path

    out = given.out
    if out is None:
        source = given_path(given.song).absolute()
        out = source.parent / f"{source.stem}-vocal"
    with Progress() as progress:
        made = sing(
            given.song,
            out=out,
            voice=given.voice,
            singing=given.singing,
            habits=given.habits,
            lexicon=given.lexicon,
            plot=given.plot,
            seed=given.seed,
            progress=progress,
        )
    if given.json:
        _print_json(
            {
                "folder": str(made.folder),
                "song_id": made.song.song_id,
                "voice": made.singing.voice,
                "seed": made.seed,
                "seconds": round(made.singing.seconds, 3),
                "syllables": len({each.syllable for each in made.singing.phonemes}),
                "phonemes": len(made.singing.phonemes),
                "breaths": len(made.singing.breaths),
                "unsure": [{"line": number, "word": word} for number, word in made.singing.unsure],
                "remarks": list(made.remarks),
                "files": list(made.files),
            }
        )
    else:
        say_sung(made)
    return 0


def _transcribe(given: argparse.Namespace) -> int:
    from senandung.api.create import folder_for
    from senandung.api.transcribe import save_transcribed, transcribe
    from senandung.app.show import Progress
    from senandung.app.show_transcribed import say_transcribed, transcribed_plain
    from senandung.files.folders import check_free, new_folder

    if given.out is not None:
        check_free(given.out)
    with Progress() as progress:
        made = transcribe(given.file, kind=given.kind, progress=progress)
    out = folder_for(made.song, given.out, suffix="-transcribed")
    with new_folder(out) as folder:
        files = save_transcribed(made, folder)
    if given.json:
        _print_json({"folder": str(out), **transcribed_plain(made), "files": list(files)})
    else:
        say_transcribed(made, out, files)
    return 0


def _learn(given: argparse.Namespace) -> int:
    from senandung.app.learn_command import run_learn

    plain, lines = run_learn(given)
    if given.json:
        _print_json(plain)
    else:
        print("\n".join(lines))
    return 0


def _styles(given: argparse.Namespace) -> int:
    from senandung.app.learn_command import run_styles
    from senandung.app.show import instruments_plain, say_styles, styles_plain

    if given.what != "list":
        plain, lines = run_styles(given)
        if given.json:
            _print_json(plain)
        else:
            print("\n".join(lines))
        return 0
    if given.json:
        _print_json({"styles": styles_plain(), "instruments": instruments_plain()})
    else:
        say_styles()
    return 0


def _voices(given: argparse.Namespace) -> int:
    from senandung.app.voices_command import run_voices

    plain, lines = run_voices(given)
    if given.json:
        _print_json(plain)
    else:
        print("\n".join(lines))
    return 0


def _kept(given: argparse.Namespace) -> int:
    from senandung.app.kept_command import run_kept

    plain, lines = run_kept(given)
    if given.json:
        _print_json(plain)
    else:
        print("\n".join(lines))
    return 0


def _motif(given: argparse.Namespace) -> int:
    from senandung.app.motif_command import run_motif

    plain, lines = run_motif(given)
    if given.json:
        _print_json(plain)
    else:
        print("\n".join(lines))
    return 0


def _check(given: argparse.Namespace) -> int:
    from senandung.app.check_command import run_check

    plain, lines = run_check(given)
    if given.json:
        _print_json(plain)
    else:
        print("\n".join(lines))
    return 0


def _verify(given: argparse.Namespace) -> int:
    from senandung.app.label_command import run_verify

    plain, lines, whole = run_verify(given)
    if given.json:
        _print_json(plain)
    else:
        print("\n".join(lines))
    return 0 if whole else 2


def _library(given: argparse.Namespace) -> int:
    from senandung.app.history_command import run_import_history
    from senandung.app.library_command import run_list, run_scan

    if given.what == "list" and given.which is not None:
        raise InvalidValueError(f"library list takes no file, got {given.which!r}; --find WORDS looks for words")
    run = {"scan": run_scan, "list": run_list, "import-history": run_import_history}[given.what]
    plain, lines = run(given)
    if given.json:
        _print_json(plain)
    else:
        print("\n".join(lines))
    return 0


def _now(given: argparse.Namespace) -> int:
    from senandung.app.now_command import run_now

    return _say(given, *run_now(given))


def _avoided(given: argparse.Namespace) -> int:
    from senandung.app.avoided_command import run_avoided

    return _say(given, *run_avoided(given))


def _remember(given: argparse.Namespace) -> int:
    from senandung.app.remember_command import run_remember

    return _say(given, *run_remember(given))


def _gift(given: argparse.Namespace) -> int:
    from senandung.app.remember_command import run_gift

    return _say(given, *run_gift(given))


def _say(given: argparse.Namespace, plain: dict[str, Any], lines: Sequence[str]) -> int:
    """Print what a command says, as JSON where it was asked for."""
    if given.json:
        _print_json(plain)
    else:
        print("\n".join(lines))
    return 0


def _serve(given: argparse.Namespace) -> int:
    from senandung.app.serve_command import run_serve

    return run_serve(given)


def _label(given: argparse.Namespace) -> int:
    from senandung.app.label_command import run_label

    plain, lines = run_label(given)
    if given.json:
        _print_json(plain)
    else:
        print("\n".join(lines))
    return 0


def _train(given: argparse.Namespace) -> int:
    from senandung.api.train import train_composer, train_hearing, train_originality, train_tables, train_text
    from senandung.app.show import Progress
    from senandung.app.show_training import say_trained, trained_plain

    if given.what != "composer":
        if given.what == "tables":
            folder = train_tables(given.data, out=given.out or Path("tables"))
        elif given.what == "originality":
            folder = train_originality(given.data, out=given.out or Path("originality"), seed=given.seed)
        elif given.what == "hearing":
            folder = train_hearing(given.data, out=given.out or Path("hearing"), seed=given.seed)
        else:
            folder = train_text(given.data, lines=given.lines, out=given.out or Path("text"))
        if given.json:
            _print_json({"out": str(folder), "files": sorted(path.name for path in folder.iterdir())})
        else:
            print(f"{folder}: {len(list(folder.iterdir()))} files")
        return 0
    options = {name: getattr(given, name) for name in ("config", "minutes", "steps", "seed")}
    with Progress() as progress:
        made = train_composer(given.data, out=given.out or Path("training"), progress=progress, **options)
    if given.json:
        _print_json(trained_plain(made))
    else:
        say_trained(made)
    return 0


def _options(given: argparse.Namespace) -> Any:
    names = (
        "style", "feeling", "verses", "chords", "form", "key", "tempo", "metre", "minutes", "bars", "voice",
        "lexicon", "language", "title", "story", "private_story", "curve", "motif", "seed",
    )  # fmt: skip
    options = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    if given.words is not None:
        options["words"] = _trace(given.words)
    if given.ensemble is not None:
        options["ensemble"] = [name.strip() for name in given.ensemble.split(",")]
    return options


def _traces(given: argparse.Namespace) -> list[str | Path]:
    return [_trace(word) for word in given.traces]


def _trace(word: str) -> str | Path:
    """An existing file, `-` for standard input, or text; what looks like a path and does not exist is an error."""
    if word == "-":
        from senandung.api.traces import LONGEST_TEXT

        if sys.stdin is None:
            raise InvalidValueError("standard input must hold the text, but it is closed")
        data = sys.stdin.buffer.read(4 * LONGEST_TEXT + 1)
        if b"\x00" in data:
            raise InvalidValueError("standard input must be UTF-8 text, but it holds zero bytes")
        if len(data) > 4 * LONGEST_TEXT:
            raise InvalidValueError(f"a text must have at most {LONGEST_TEXT} characters, got more on standard input")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidValueError(f"standard input must be UTF-8 text: byte {error.start} cannot be read") from error
    try:
        path = Path(word).expanduser() if len(word) < 1024 and "\x00" not in word else None
        is_there = path is not None and (
            path.is_file() or (path / "song.json").is_file() or (path.exists() and looks_like_path(word))
        )
    except (OSError, RuntimeError):
        is_there = False
    if is_there:
        return Path(word).expanduser()
    if looks_like_path(word):
        raise FileError(Path(word), "no such file")
    try:
        word.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidValueError("a text must be UTF-8, got bytes that are not") from error
    return unicodedata.normalize("NFC", word)


def looks_like_path(word: str) -> bool:
    """Whether a word that is no existing file was meant as one.

    >>> [looks_like_path(word) for word in ("./lagu", "status.txt", "aku/kamu", "hujan.", "a b.txt")]
    [True, True, False, False, False]
    """
    if re.search(r"\s", word):
        return False
    ending = word.rsplit(".", 1)[-1].lower() if "." in word else ""
    return word.startswith(("./", "../", "/", "~/")) or ending in _FILE_ENDINGS


def _print_json(plain: dict[str, Any]) -> None:
    can_say_all = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8" if sys.stdout is not None else True
    print(json.dumps(plain, ensure_ascii=not can_say_all, indent=2))
