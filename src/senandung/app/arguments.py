"""The arguments of every command.

argparse takes a text that begins with a minus for an option, so `order_arguments` sorts them first: what is not a known
option is a text.
"""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from senandung import __version__
from senandung.app.avoided_command import avoided_arguments
from senandung.app.check_command import check_arguments
from senandung.app.history_command import import_history_arguments
from senandung.app.library_command import library_arguments
from senandung.app.now_command import now_arguments
from senandung.app.remember_command import gift_arguments, remember_arguments
from senandung.app.serve_command import serve_arguments
from senandung.domain.errors import InputError

_WHO = "who sings: a voice, or the folder of a voicebank (default: the voice in whose range the part lies)"

_OPTION_LIKE = re.compile(r"^--?[a-zA-Z][a-z-]*(=.*)?$", re.DOTALL)


class UsageError(InputError):
    """The command line cannot be understood."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage and leaving."""
        raise UsageError(f"{message.replace(': -- ', ': ')}; see {self.prog} --help")


def build_parser() -> Parser:
    """The parser of the whole program."""
    parser = Parser(
        prog="senandung",
        description="Feeling from the traces people leave, and a whole song from it.",
        epilog='Example:  senandung create "aku rindu kamu, malam ini hujan turun lagi" --style keroncong',
    )
    parser.add_argument("--version", action="version", version=f"senandung {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    create = _command(commands, "create", "a whole song: notes, sound, score and a page that plays it")
    _song_arguments(create)
    _habits(create)
    _humanise(create, "1")
    _soundfont(create)
    _out(create, "the new folder (default: songs/TITLE)")

    compose = _command(commands, "compose", "as create, notes only: song.json, song.mid, song.musicxml")
    _song_arguments(compose)
    _out(compose, "the new folder (default: songs/TITLE-notes)")

    goes_on = _command(commands, "continue", "keep an opening note for note and go on from there")
    goes_on.add_argument("file", type=Path, metavar="FILE", help="a song folder or a file of notes")
    goes_on.add_argument("--bars", type=int, required=True, metavar="N", help="how many bars to add, 1 to 400")
    goes_on.add_argument("--style", help="a composer, a kind of music or a blend (default: the song's own, or none)")
    goes_on.add_argument("--join", metavar="A,B", help="instruments that rest in the opening and play from there on")
    goes_on.add_argument("--title", help="another title (default: the opening's)")
    goes_on.add_argument("--seed", type=int, help="the same seed goes on in the same way (default: a new one)")
    _out(goes_on, "the new folder (default: songs/TITLE-continued)")

    anew = _command(commands, "rewrite", "write bars or tracks of a song anew; the rest stays, note for note")
    _song(anew)
    anew.add_argument("--bars", metavar="9-16", help="which bars, counted from 1 (default: all)")
    anew.add_argument("--tracks", metavar="A,B", help="tracks, instruments or roles (default: all)")
    anew.add_argument("--seed", type=int, help="the same seed writes the same notes (default: a new one)")
    _out(anew, "the new folder (default: songs/TITLE-rewritten)")

    feel = _command(commands, "feel", "the feeling of texts, recordings, films and notes, with its evidence")
    trace = "a text, a text file, a recording, a film, notes, a song folder, or - (standard input)"
    feel.add_argument("traces", nargs="+", metavar="TRACE", help=trace)
    _language(feel)
    _listening_arguments(feel)
    _keeping_arguments(feel)
    _out(feel, "a new folder for feeling.png and, of a hummed tune, melody.mid (default: nothing is written)")

    render = _command(commands, "render", "stems, mix and master of a song")
    _song(render)
    _out(render, "the new folder (default: beside the song, with -audio)")
    _voice(render, "the vocal part's instrument instead of a voice")
    _habits(render)
    _humanise(render, "the folder's own")
    render.add_argument("--seed", type=int, help="another performance of the same notes (default: the song's own)")
    _soundfont(render)
    render.add_argument("--masking", action="store_true", help="say how much of each part is heard, and what hides it")

    sing = _command(commands, "sing", "the vocal part, sung: vocal.wav and singing.json")
    _song(sing)
    sing.add_argument("--voice", metavar="NAME|FOLDER", help=_WHO)
    sing.add_argument("--singing", type=Path, metavar="FILE", help="sing from an edited singing.json of this song")
    _lexicon(sing)
    _habits(sing)
    sing.add_argument("--plot", action="store_true", help="also draw every curve: singing.png")
    sing.add_argument("--seed", type=int, help="another way of singing the same notes (default: the song's own)")
    _out(sing, "the new folder (default: beside the song, with -vocal)")

    _styles_arguments(_command(commands, "styles", "the styles and the instruments there are, and styles of your own"))

    learn = _command(commands, "learn", "a style of your own from your files, on this machine")
    _learn_arguments(learn)

    voices = _command(commands, "voices", "the voices there are, and one of your own from recordings")
    _voices_arguments(voices)

    kept = _command(commands, "kept", "what is kept on this machine because you asked for it")
    _kept_arguments(kept)

    heard = _command(commands, "transcribe", "the notes of a recording: audio to MIDI and MusicXML")
    heard.add_argument("file", type=Path, metavar="FILE", help="a recording or a film, 20 minutes at most")
    heard.add_argument("--as", dest="kind", choices=("voice", "notes"), metavar="voice|notes",
                       help="one voice or instrument, or several notes at a time (default: heard)")  # fmt: skip
    _out(heard, "the new folder (default: songs/NAME-transcribed)")

    own = _command(
        commands, "motif", "the tune that a hum, a whistle, a phrase or a file of notes holds, as a song would take it"
    )
    own.add_argument("file", metavar="FILE", help="a recording of one voice or instrument, or a file of notes")
    _out(own, "a new folder for its notes, notation, picture and sound (default: nothing is written)")

    check = _command(commands, "check", "how original a piece is: the nearest passages, a verdict")
    check_arguments(check)

    verify = _command(commands, "verify", "that a song folder is whole and its notes can be remade")
    verify.add_argument("folder", type=Path, metavar="SONG", help="a song folder")
    verify.add_argument("--audio", action="store_true", help="render again and compare the sound too")

    label = _command(commands, "label", "what a file that Senandung wrote says of itself: what made it, and how")
    label.add_argument("files", nargs="+", type=Path, metavar="FILE", help="any file of a song folder, or the folder")

    train = _command(commands, "train", "from the public data to what the program composes with")
    _training_arguments(train)

    _library_arguments(_command(commands, "library", "your music and what you heard, in the home"))

    fits = _command(commands, "now", "one song for now, with the reasons that it was chosen for")
    now_arguments(fits)
    _home(fits)

    silent = _command(commands, "avoided", "the song you avoid, when you ask for it, with its evidence")
    avoided_arguments(silent)
    _home(silent)

    memory = _command(commands, "remember", "memories at moments of songs: kept, found, taken along, deleted for good")
    remember_arguments(memory)
    _home(memory)

    given = _command(commands, "gift", "a song with a letter as one HTML file that needs no server")
    gift_arguments(given)
    _home(given)
    serve_arguments(_command(commands, "serve", "the home in a browser: your music, your memories, songs made for you"))
    return parser


def _command(commands: argparse._SubParsersAction[Parser], name: str, text: str) -> Parser:
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    command.add_argument("--json", action="store_true", help="one JSON object on standard output and nothing else")
    return command


def _song_arguments(parser: Parser) -> None:
    trace = "as feel takes them: a text, a recording, a film, notes …; a composer's style needs none"
    parser.add_argument("traces", nargs="*", metavar="TRACE", help=trace)
    style = "a style, a composer, or a blend such as chopin:2+band:1; see styles (default: chosen from the feeling)"
    parser.add_argument("--style", help=style)
    parser.add_argument("--feeling", metavar="WORD|V,A", help="a feeling word, or valence,arousal in -1..1")
    parser.add_argument("--words", metavar="FILE|TEXT", help="what is sung, if not the trace's own words")
    parser.add_argument(
        "--verses", action="store_true", help="let the machine propose further lines (marked as its own)"
    )
    parser.add_argument("--chords", metavar="TEXT", help='a progression, one chord a bar, repeated: "Am F C/G G"')
    curve = 'the tension the music follows: points "0:0.2, 0.8:1, 1:0.3", a CSV or SVG file, or a shape such as arch'
    parser.add_argument("--curve", metavar="FILE|POINTS|NAME", help=curve)
    own = "a tune of your own that becomes the theme: a hum, a whistle, a voice note, a played phrase, notes; see motif"
    parser.add_argument("--motif", metavar="FILE", help=own)
    parser.add_argument("--form", metavar="TEXT", help='sections with their bars: "intro4 verse8 chorus8 outro4"')
    parser.add_argument("--ensemble", metavar="A,B", help="instruments; a name given twice is two players")
    parser.add_argument("--key", help="C, Am, F# minor, D dorian; of a gamelan slendro manyura, pelog barang")
    parser.add_argument("--tempo", type=float, metavar="BPM", help="beats a minute, 30 to 260")
    parser.add_argument("--metre", help="4/4, 3/4, 6/8")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, help="length, 0.25 to 15")
    length.add_argument("--bars", type=int, help="length in bars, 4 to 600")
    _voice(parser, "no vocal part at all")
    _lexicon(parser)
    parser.add_argument("--title", help="the song's title (default: from its words)")
    parser.add_argument("--story", metavar="TEXT", help="your story behind the song, kept in its files")
    parser.add_argument("--private-story", action="store_true", help="keep the story in song.json, out of the others")
    parser.add_argument("--seed", type=int, help="the same seed gives the same song (default: a new one)")
    _language(parser)


def _training_arguments(parser: Parser) -> None:
    kinds = ("composer", "tables", "text", "hearing", "originality")
    parser.add_argument("what", choices=kinds, metavar="|".join(kinds),
                        help="the network's weights; the tables of chords, form, melody, drums; "
                             "what reads feeling from text; what hears music past rooms and crowds; "
                             "the index of originality")  # fmt: skip
    parser.add_argument("--data", type=Path, required=True, metavar="DIR",
                        help="the folder of the public sets: NAME.tar.xz, or unpacked as NAME; "
                             "hearing: of clean songs")  # fmt: skip
    parser.add_argument("--config", metavar="tiny|small|full",
                        help="a rehearsal, for a CPU, for a GPU (default: by the machine)")  # fmt: skip
    parser.add_argument("--minutes", type=float, help="how long this call trains (default: until it is finished)")
    parser.add_argument("--steps", type=int, help="steps of the whole training (default: the configuration's)")
    parser.add_argument("--seed", type=int, default=1, help="of the split, the network and the order (default: 1)")
    parser.add_argument("--lines", type=Path, default=Path("corpora/status-lines.tsv"), metavar="FILE",
                        help="text: the project's own lines (default: corpora/status-lines.tsv)")  # fmt: skip
    _out(parser, "the folder to work in; the same one goes on where it was left (default: training, or its name)")


def _voices_arguments(parser: Parser) -> None:
    what = "list (the default), record-list, build FOLDER, learn FOLDER, delete NAME, export NAME"
    actions = ("list", "record-list", "build", "learn", "delete", "export")
    parser.add_argument("what", nargs="?", default="list", metavar="WHAT", choices=actions, help=what)
    parser.add_argument(
        "which", nargs="?", metavar="FOLDER|NAME", help="the recordings or sung takes, or a voice of your own"
    )
    parser.add_argument("--name", help="the voice that is built or learns: a-z, 0-9 and hyphens")
    parser.add_argument("--singer", metavar="WHO", help="whose voice it is")
    parser.add_argument("--agreed", action="store_true", help="they agreed that a machine sings with it")
    parser.add_argument("--replace", action="store_true", help="build a voice of your own anew, under its name")
    place = "the new folder (build; default: among your voices) or file (export; default: NAME.zip)"
    parser.add_argument("--out", type=Path, metavar="PATH", help=place)


def _listening_arguments(parser: Parser) -> None:
    what = "what the recordings are: voice, song or concert (default: heard)"
    parser.add_argument("--as", dest="as_kind", choices=("voice", "song", "concert"), metavar="KIND", help=what)
    words = "your speech recogniser for voice notes: a command that prints the words of the WAV file {} " \
            "(default: $SENANDUNG_RECOGNISER, or none)"  # fmt: skip
    parser.add_argument("--recogniser", metavar="COMMAND", help=words)
    mine = "the voice note is your own: compare with what is kept of your voice, and keep its figures too (see kept)"
    parser.add_argument("--as-mine", action="store_true", help=mine)


def _keeping_arguments(parser: Parser) -> None:
    correct = "what it feels like to you, a word or valence,arousal; it outweighs what is read"
    parser.add_argument("--correct", metavar="WORD|V,A", help=correct)
    keep = "keep the feeling, or the correction for the same text or file; neither text nor sound (see kept)"
    parser.add_argument("--keep", action="store_true", help=keep)
    words = "with --keep: also keep the words and names that the evidence holds"
    parser.add_argument("--keep-words", action="store_true", help=words)


def _kept_arguments(parser: Parser) -> None:
    what = "list (the default), show NUMBER, delete NUMBER or --all, export FILE"
    actions = ("list", "show", "delete", "export")
    parser.add_argument("what", nargs="?", default="list", metavar="WHAT", choices=actions, help=what)
    parser.add_argument("which", nargs="?", metavar="NUMBER|FILE", help="its number in the list, or a new JSON file")
    parser.add_argument("--all", action="store_true", help="delete all kept things (voices have voices delete)")


def _library_arguments(parser: Parser) -> None:
    what = (
        "scan DIR: read a folder of music, or all folders of the library without DIR; list: what it holds; "
        "import-history FILE: Spotify, ListenBrainz, Last.fm, YouTube or Apple Music, as they hand it out"
    )
    actions = ("scan", "list", "import-history")
    parser.add_argument("what", metavar="scan|list|import-history", choices=actions, help=what)
    parser.add_argument("which", nargs="?", metavar="DIR|FILE", help="a folder of music; the file of a history")
    library_arguments(parser)
    import_history_arguments(parser)
    _home(parser)


def _home(parser: Parser) -> None:
    home = "the folder of library, memories and songs (default: $SENANDUNG_HOME, or senandung/home in the data home)"
    parser.add_argument("--home", type=Path, metavar="DIR", help=home)
    parser.add_argument("--database", metavar="URL", help="another database than the SQLite file in that folder")


def _language(parser: Parser) -> None:
    parser.add_argument("--language", choices=("id", "en"), help="Indonesian or English (default: read from the text)")


def _styles_arguments(styles: Parser) -> None:
    actions = ("list", "show", "export", "import", "delete")
    styles.add_argument("what", nargs="?", choices=actions, default="list",
                        help="list them (default), or of your own: show, export, import, delete")  # fmt: skip
    styles.add_argument("which", nargs="?", metavar="NAME|FILE", help="of your own; a file to import")
    styles.add_argument("--name", metavar="NAME", help="import: under another name")
    styles.add_argument("--passages", action="store_true", help="export: with bars of the files, which can be read")
    styles.add_argument("--out", type=Path, metavar="FILE", help="show: the picture; export: the file")


def _learn_arguments(learn: Parser) -> None:
    learn.add_argument("files", nargs="+", type=Path, metavar="FILE",
                       help="MIDI, MusicXML, kern, ABC, USTX, song.json, a recording, or a folder of them")  # fmt: skip
    learn.add_argument("--name", required=True, help="of the style: lower-case words joined by hyphens")
    learn.add_argument("--by", metavar="WHO", help="whose music it is (asked on a terminal where it is not given)")
    learn.add_argument("--ground", metavar="STYLE", help="the style to stand on (default: the nearest)")
    learn.add_argument("--replace", action="store_true", help="learn a style of that name anew")
    learn.add_argument("--train", action="store_true", help="also train the network's row for it (needs torch)")
    learn.add_argument("--no-measure", action="store_true", help="do not measure it on files that are kept back")


def _voice(parser: Parser, without: str) -> None:
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--voice", metavar="NAME|FOLDER", help=_WHO)
    who.add_argument("--no-voice", dest="voice", action="store_false", help=without)


def _habits(parser: Parser) -> None:
    parser.add_argument("--habits", metavar="NAME|FILE", help="sing with a singer's habits (default: the voice's own)")


def _humanise(parser: Parser, usual: str) -> None:
    text = f"how freely it is played: 0 the grid, 1 players, 2 rubato (default: {usual})"
    parser.add_argument("--humanise", type=float, metavar="0..2", help=text)


def _lexicon(parser: Parser) -> None:
    parser.add_argument("--lexicon", type=Path, metavar="FILE",
                        help="how words are pronounced: a word, a tab and its phonemes a line")  # fmt: skip


def _song(parser: Parser) -> None:
    parser.add_argument("song", type=Path, metavar="SONG", help="a song folder, song.json, MusicXML, MIDI or USTX")


def _soundfont(parser: Parser) -> None:
    text = "a sound font of your own (SF2, SF3), or an instrument's (SFZ too); again for further instruments"
    parser.add_argument("--soundfont", action="append", metavar="FILE|NAME=FILE[:BANK:PROGRAM]", help=text)


def _out(parser: Parser, text: str) -> None:
    parser.add_argument("--out", type=Path, metavar="DIR", help=text)


def order_arguments(arguments: Sequence[str], parser: Parser) -> list[str]:
    """The same arguments with options first, then `--`, then the texts, so that no text is taken for an option.

    An option's value stays with it even if it begins with a minus. A misspelt option is an error with a suggestion.
    """
    arguments = list(arguments)
    if not arguments or arguments[0].startswith("-"):
        return arguments
    command = arguments[0]
    chosen = _subparsers(parser).get(command)
    if chosen is None:
        return arguments
    takes_value = {name: action.nargs != 0 for action in chosen._actions for name in action.option_strings}
    options: list[str] = []
    texts: list[str] = []
    rest = iter(range(1, len(arguments)))
    for index in rest:
        word = arguments[index]
        name = word.split("=", 1)[0]
        if word == "--":
            texts.extend(arguments[index + 1 :])
            break
        if name in takes_value and ("=" not in word or takes_value[name]):
            following = arguments[index + 1] if index + 1 < len(arguments) else None
            if takes_value[name] and "=" not in word and following is not None and following not in takes_value:
                options.append(f"{word}={following}")
                next(rest)
            else:
                options.append(word)
        elif _OPTION_LIKE.match(word) and len(word) > 1:
            near = difflib.get_close_matches(name, takes_value, n=1)
            hint = f"did you mean {near[0]}?" if near else f"see senandung {command} --help"
            raise UsageError(f"unknown option {name}; {hint} (a text that looks like an option comes after --)")
        else:
            texts.append(word)
    return [command, *options, "--", *texts] if texts else [command, *options]


def _subparsers(parser: Parser) -> dict[str, Parser]:
    action = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return dict(action.choices)
