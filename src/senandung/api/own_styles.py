"""Styles of one's own: where they lie, which there are, and what `--style` means where it names one."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from senandung.api.places import styles_folder
from senandung.domain.errors import FileError, InputError, InvalidValueError, OutputError, UnknownNameError
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.api.network import Composer, ProgressCall, Rewriter
    from senandung.api.options import Options
    from senandung.composing.catalogue import Chosen
    from senandung.composing.decoding.engine import Engine
    from senandung.composing.decoding.window import Network
    from senandung.composing.melody.tunes import Tunes
    from senandung.composing.plan import Wishes
    from senandung.domain.own_style import OwnStyle
    from senandung.domain.provenance import Given
    from senandung.domain.song import Song
    from senandung.domain.style import Style


@dataclass(frozen=True)
class OwnChosen:
    """What `--style` named, where styles of one's own are in it.

    `chosen` is what the network is told; `owned` are the styles of one's own with their shares, which sum to 1 where
    nothing else is in the blend; `song` is the song style where one was named in the blend.
    """

    chosen: Chosen
    owned: tuple[tuple[OwnStyle, float], ...]
    song: Style | None = None

    @property
    def name(self) -> str:
        """As it was asked for."""
        return self.chosen.name

    def sings(self, traces: Sequence[object], options: Options) -> bool:
        """Whether a song is made of what is asked, by the rules of a song style.

        So it is where a song style was named in the blend, where something to sing or to feel is given to a style that
        was learned from songs, and where words are to be sung and no voice is in the files.
        """
        if self.song is not None:
            return True
        if len(self.owned) > 1 or abs(self.owned[0][1] - 1) > 1e-9:
            return False
        style = self.owned[0][0]
        words = options.get("words") is not None
        if style.sings:
            return bool(traces) or words
        return words and not style.has_voice and options.get("ensemble") is None

    def labelled(self, song: Song) -> Song:
        """A song of a song style with the name as it was asked for, and whose music the style was learned from."""
        made = replace(song.provenance, style=self.name, given=(*song.provenance.given, *self.given()))
        return replace(song, provenance=made)

    def song_style(self) -> Style:
        """The song style, moved towards the files of the style that weighs most."""
        from senandung.composing.own.song_style import song_style
        from senandung.composing.styles import load_style

        own, share = max(self.owned, key=lambda item: item[1])
        ground = self.song or load_style(own.song_ground)
        return song_style(own, ground, own.name, share if self.song is not None else 1.0)

    def tunes(self) -> Tunes:
        """What is known of tunes, moved towards those of the style that weighs most."""
        from senandung.composing.melody.tunes import Tunes

        own, share = max(self.owned, key=lambda item: item[1])
        return Tunes(own.tunes, share)

    def usual(self, wishes: Wishes, seed: int) -> Wishes:
        """The wishes with a length as the files have it, where none was asked for."""
        from senandung.composing.own.blend import with_usual_form

        return with_usual_form(wishes, self.owned, seed)

    def network(self) -> Network:
        """The network, with the rows that were trained for the files, leaning towards them."""
        from senandung.composing.decoding.engine import load_engine
        from senandung.composing.own.blend import lean
        from senandung.composing.own.compose import trained

        return lean(trained(load_engine(), self.owned), self.owned)

    def engine(self) -> Engine:
        """The same for what writes songs, which asks no more of an engine than a leaning network has."""
        return cast("Engine", self.network())

    def composer(self, progress: ProgressCall | None = None) -> Composer:
        """What writes a piece in this style."""
        from senandung.composing.decoding.engine import load_engine
        from senandung.composing.own.compose import compose_own

        return lambda wish, seed: compose_own(wish, load_engine(), self.owned, seed=seed, progress=progress)

    def rewriter(self, progress: ProgressCall | None = None, sung: Sequence[int] = ()) -> Rewriter:
        """What writes rows of a piece anew in this style."""
        from senandung.composing.decoding.decode import rewrite_piece

        return lambda piece, blanks, seed: rewrite_piece(
            piece, blanks, self.network(), seed=seed, progress=progress, sung=sung, harmony=True
        )

    def given(self) -> tuple[Given, ...]:
        """What the song says of the music that its style was learned from."""
        from senandung.domain.provenance import Given

        found = []
        for style, _ in self.owned:
            count = len(style.files)
            what = f"the style {style.name}, learned from {count} file{'' if count == 1 else 's'}"
            found.append(Given("style", what, style.by))
        return tuple(found)

    def sources(self) -> tuple[str, ...]:
        """One sentence for each style of one's own."""
        return tuple(f"{style.name}: {style.learned_from}; it stands on {style.ground}" for style, _ in self.owned)


def own_style_names() -> tuple[str, ...]:
    """Names of the styles of one's own, in alphabetical order."""
    from senandung.files.own_style import ENDING

    folder = styles_folder()
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.stem for path in folder.glob(f"*{ENDING}") if not path.name.startswith(".")))


def own_style_path(name: str) -> Path:
    """Where a style of one's own lies, be it there or not."""
    from senandung.files.own_style import ENDING

    return styles_folder() / f"{name}{ENDING}"


def own_style(name: str) -> OwnStyle:
    """The style of one's own of a name.

    Raises `UnknownNameError` where there is none.
    """
    from senandung.files.own_style import load_own_style

    key = name.strip().lower()
    if key not in own_style_names():
        raise UnknownNameError("style of one's own", name, own_style_names())
    return load_own_style(own_style_path(key))


def own_chosen(text: str | None) -> OwnChosen | None:
    """What a style's name or a blend means where a style of one's own is in it; None where none is.

    Raises `InvalidValueError` for a blend that cannot be: of two song styles, or of a song style and a composer.
    """
    names = own_style_names() if text else ()
    if not text or not names:
        return None
    items = [_weighted(item, text) for item in text.split("+")]
    if not any(name in names for name, _ in items):
        return None
    from senandung.composing.own.blend import choose_with, shares
    from senandung.composing.styles import band_style_names, load_style

    owned = [(own_style(name), weight) for name, weight in items if name in names]
    songs = [(name, weight) for name, weight in items if name in band_style_names() and name not in names]
    others = [(name, weight) for name, weight in items if name not in names and (name, weight) not in songs]
    if len(songs) > 1 or (songs and others):
        raise InvalidValueError(
            f"a blend takes styles of one's own with composers and kinds of music, or with one song style, got {text!r}"
        )
    asked = "+".join(f"{name}:{weight:g}" for name, weight in others)
    canonical = "+".join(name if weight == 1 else f"{name}:{weight:g}" for name, weight in items)
    chosen = choose_with(owned, asked, canonical)
    beside = sum(weight for _, weight in (*others, *songs))
    return OwnChosen(chosen, tuple(shares(owned, beside)), load_style(songs[0][0]) if songs else None)


def own_if_there(text: str) -> OwnChosen | None:
    """As `own_chosen`, and None too where what a song was made in is not there any more or cannot be read."""
    try:
        return own_chosen(text)
    except InputError:
        return None


def _weighted(item: str, text: str) -> tuple[str, float]:
    match = re.fullmatch(r"\s*([^:+]+?)\s*(?::\s*([0-9.]+)\s*)?", item)
    rule = f"a blend must look like my-band+chopin or my-band:2+chopin:1, got {text!r}"
    if match is None:
        raise InvalidValueError(rule)
    try:
        weight = float(match[2]) if match[2] else 1.0
    except ValueError:
        raise InvalidValueError(rule) from None
    if not 0 < weight <= 1000:
        raise InvalidValueError(f"the weight of a style must be above 0 and at most 1000, got {match[2]}")
    return match[1].lower(), weight


def free_name(name: str) -> str:
    """A name for a style of one's own that no style of the program has."""
    from senandung.composing.catalogue import composer_styles, is_composer_style
    from senandung.composing.styles import style_names
    from senandung.domain.own_style import check_name

    check_name(name)
    if name in style_names() or name in composer_styles() or is_composer_style(name):
        raise InvalidValueError(f"a style of one's own must not be called as one of the program's, got {name!r}")
    return name


def keep_own_style(style: OwnStyle) -> Path:
    """Write a style into the folder of styles of one's own, and into the list of kept things."""
    from senandung.api.kept import keep_style
    from senandung.files.own_style import save_own_style

    path = own_style_path(style.name)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        save_own_style(style, part)
        part.chmod(0o600)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error
    keep_style(style)
    return path


def picture_of_style(style: OwnStyle, path: Path | str | None = None) -> Path:
    """Draw what was learned, beside the style or into a new file."""
    from senandung.drawing.own_style import save_own_style
    from senandung.files.own_style import PICTURE_ENDING

    target = own_style_path(style.name).with_suffix(PICTURE_ENDING) if path is None else given_path(path)
    if path is not None and target.exists():
        raise InvalidValueError(f"the output must be a new file, but {target} exists")
    save_own_style(style, target)
    return target


def delete_own_style(name: str) -> Path:
    """Delete a style of one's own for good, with its pictures and what the list of kept things says of it."""
    from senandung.api.kept import forget_style
    from senandung.files.own_style import remove_own_style

    key = name.strip().lower()
    if key not in own_style_names():
        raise UnknownNameError("style of one's own", name, own_style_names())
    path = own_style_path(key)
    remove_own_style(styles_folder(), key)
    forget_style(key)
    return path


def export_own_style(name: str, path: Path | str, *, passages: bool = False) -> Path:
    """Write a style of one's own into one new file, to be taken elsewhere. Inverse of `import_own_style`.

    Parameters
    ----------
    name : of the style.
    path : the new file, or a folder for it.
    passages : also the bars of the files that the network hears; they are music that can be read from the file.
    """
    from senandung.files.own_style import ENDING, save_own_style

    style = own_style(name)
    style = style if passages else replace(style, passages=())
    target = given_path(path)
    if target.is_dir():
        target /= f"{style.name}{ENDING}"
    if target.exists():
        raise InvalidValueError(f"the output must be a new file, but {target} exists")
    try:
        save_own_style(style, target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
    return target


def import_own_style(path: Path | str, *, name: str | None = None) -> OwnStyle:
    """Take in a style from a file that `export_own_style` wrote; under another name where one is given."""
    from senandung.files.own_style import load_own_style

    source = given_path(path)
    style = load_own_style(source)
    style = replace(style, name=free_name(name or style.name))
    if style.name in own_style_names():
        raise FileError(source, f"there is a style {style.name} already; delete it or give another name (--name)")
    keep_own_style(style)
    return style
