"""What files of music say of themselves: by tinytag, and by ffprobe where that cannot tell.

Loudness in tags: ReplayGain 2.0 is the gain to -18 LUFS; R128_TRACK_GAIN (RFC 7845, section 5.2.1) the gain to -23
LUFS in 256ths of a decibel.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from senandung.domain.errors import FileError
from senandung.domain.music import VARIOUS, LyricLine, Tags
from senandung.domain.track import isrc_of, plain_letters
from senandung.files.audio import FFMPEG_FORMATS, check_sound_file, ffprobe
from senandung.files.lrc import lyrics_beside, parse_lrc

if TYPE_CHECKING:
    from tinytag import TinyTag

MIMES: Mapping[str, str] = MappingProxyType(
    {
        ".mp3": "audio/mpeg", ".flac": "audio/flac", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg",
        ".m4a": "audio/mp4", ".m4b": "audio/mp4", ".aac": "audio/aac", ".wav": "audio/wav", ".aif": "audio/aiff",
        ".aiff": "audio/aiff", ".aifc": "audio/aiff", ".wma": "audio/x-ms-wma", ".mka": "audio/x-matroska",
    }
)  # fmt: skip
"""Endings of files that a scan takes for music, and their types."""

BY_BOTH = frozenset({".wma", ".wav"})
"""Endings whose tags have several names; tinytag knows some of them and ffprobe others."""

PROBE_SECONDS = 30
"""Seconds after which ffprobe is stopped."""

LONGEST_TEXT = 500
"""Characters of a title or a name."""

PIECE = 1 << 16
"""Bytes of each of the three pieces that a digest is made of."""

_VARIOUS = frozenset({"various artists", "various", "va", "v a", "berbagai artis", "aneka artis"})

_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_music(path: Path) -> bool:
    """Whether a file is music by its ending.

    >>> is_music(Path("Lagu.MP3")), is_music(Path("cover.jpg")), is_music(Path("._lagu.mp3"))
    (True, False, False)
    """
    return path.suffix.lower() in MIMES and not path.name.startswith(".")


def read_tags(path: Path) -> Tags:
    """What a file of music says of itself, with the words beside it.

    A name of the form "03 - Title" tells number and title where the tags do not. Raises `FileError` for what is not
    there, empty, damaged or no music.
    """
    check_sound_file(path)
    said = _by_tinytag(path)
    if said is None or not said.get("seconds") or path.suffix.lower() in BY_BOTH:
        probed = _by_ffprobe(path)
        said = {**probed, **{name: value for name, value in (said or {}).items() if value}}
    return _tags(path, said)


def digest_of_pieces(path: Path) -> bytes:
    """SHA-256 of a file's size and of its beginning, middle and end: the same file elsewhere is known by it.

    Raises `FileError` where it cannot be read.
    """
    try:
        size = path.stat().st_size
        made = hashlib.sha256(str(size).encode())
        with path.open("rb") as stream:
            for place in (0, max(0, size // 2 - PIECE // 2), max(0, size - PIECE)):
                stream.seek(place)
                made.update(stream.read(PIECE))
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or error}") from error
    return made.digest()


def is_various(artist: str) -> bool:
    """Whether a name stands for several artists.

    >>> is_various("V.A."), is_various("Slank")
    (True, False)
    """
    return plain_letters(artist) in _VARIOUS


def mended(text: str) -> str:
    """A text whose bytes were taken for Latin-1 although they were UTF-8, Shift-JIS or Windows-1251.

    Shift-JIS is believed where it gives kana, Windows-1251 where most letters would be accented capitals and small
    letters, as no language in Latin-1 writes.

    >>> mended("CafÃ©"), mended("Café"), mended("Ãðóïïà êðîâè")
    ('Café', 'Café', 'Группа крови')
    """
    if text.isascii():
        return text
    for coding in ("latin-1", "cp1252"):
        try:
            data = text.encode(coding)
        except UnicodeEncodeError:
            continue
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        letters = [byte for byte in data if byte >= 0x80 or chr(byte).isalpha()]
        high = sum(byte >= 0xC0 for byte in data)
        if len(letters) >= 4 and sum(byte >= 0x80 for byte in data) >= 0.5 * len(letters):
            try:
                read = data.decode("cp932")
                if sum("\u3041" <= letter <= "\u30fe" for letter in read) >= 2 and max(read) < "\uff61":
                    return read
            except UnicodeDecodeError:
                pass
        if len(letters) >= 4 and high >= 0.75 * len(letters):
            return data.decode("cp1251", "replace")
    return text


def _by_tinytag(path: Path) -> dict[str, Any] | None:
    from tinytag import TinyTag, TinyTagException

    try:
        tag = TinyTag.get(path, image=True)
    except (TinyTagException, OSError, ValueError, MemoryError, RecursionError):
        return None
    other = {str(key).lower(): [str(value) for value in values] for key, values in tag.other.items()}
    return {
        "seconds": tag.duration, "title": tag.title, "artist": _joined(tag.artist, other.get("artist")),
        "album": tag.album, "album_artist": tag.albumartist, "genre": tag.genre, "number": tag.track,
        "disc": tag.disc, "year": tag.year, "bit_rate": tag.bitrate, "sample_rate": tag.samplerate,
        "channels": tag.channels, "picture": _picture(tag), "fields": other,
    }  # fmt: skip


def _picture(tag: TinyTag) -> bytes | None:
    found = tag.images.front_cover or tag.images.any
    return found.data if found is not None and found.data else None


def _joined(first: str | None, more: list[str] | None) -> str:
    """Several artists in one text, as players show them."""
    names = list(dict.fromkeys(name for name in (first or "", *(more or [])) if name.strip()))
    return ", ".join(part for name in names for part in name.split("\0") if part.strip())


def _by_ffprobe(path: Path) -> dict[str, Any]:
    command = [ffprobe(), "-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", _FORMATS]
    command += ["-show_format", "-show_streams", "-of", "json", "-i", f"file:{path}"]
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=PROBE_SECONDS, check=False
        )
        said = json.loads(done.stdout.decode("utf-8", "replace") or "{}")
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise FileError(path, "its tags cannot be read") from error
    sounds = [each for each in said.get("streams", []) if each.get("codec_type") == "audio"]
    if done.returncode != 0 or not sounds:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = told[-1].replace(f"file:{path}: ", "").rstrip(".") if told else "it holds no sound"
        raise FileError(path, f"not a sound file that can be read: {reason}")
    whole, sound = said.get("format", {}), sounds[0]
    rows = [*(each.get("tags", {}) for each in sounds), whole.get("tags", {})]
    tags = {str(key).lower(): str(text) for row in rows for key, text in row.items()}
    lyrics = next((text for name, text in tags.items() if name.startswith("lyrics")), "")
    return {
        "seconds": _number(whole.get("duration")) or _number(sound.get("duration")), "title": tags.get("title"),
        "artist": tags.get("artist"), "album": tags.get("album"), "album_artist": tags.get("album_artist"),
        "genre": tags.get("genre"), "number": tags.get("track"), "disc": tags.get("disc"), "year": tags.get("date"),
        "bit_rate": (_number(whole.get("bit_rate")) or 0) / 1000, "sample_rate": sound.get("sample_rate"),
        "channels": sound.get("channels"), "picture": None,
        "fields": {**{name: [text] for name, text in tags.items()}, **({"lyrics": [lyrics]} if lyrics else {})},
    }  # fmt: skip


_FORMATS = f"{FFMPEG_FORMATS},aiff"


def _tags(path: Path, said: Mapping[str, Any]) -> Tags:
    fields: Mapping[str, list[str]] = said.get("fields", {})
    number, title = _whole(said.get("number"), 1, 9999), _text(said.get("title"))
    if not title:
        named = re.fullmatch(r"\s*(?:(\d{1,3})\s*[-._ ]\s*)?(.+?)\s*", path.stem)
        title = _text(named[2] if named else path.stem) or _text(path.name) or "?"
        number = number if number is not None or not named else _whole(named[1], 1, 999)
    loudness, peak = _loudness(fields)
    album_artist = _text(said.get("album_artist"))
    return Tags(
        title=title,
        artist=_text(said.get("artist")),
        album=_text(said.get("album")),
        album_artist=VARIOUS if album_artist and is_various(album_artist) else album_artist,
        genre=_text(said.get("genre"))[:120],
        number=number,
        disc=_whole(said.get("disc"), 1, 999),
        year=_year(said.get("year")),
        compilation=any(_first(fields, name) in ("1", "true") for name in ("compilation", "tcmp", "cpil")),
        duration_ms=_milliseconds(said.get("seconds")),
        bit_rate=_whole(said.get("bit_rate"), 1, 100_000),
        sample_rate=_whole(said.get("sample_rate"), 1000, 1_000_000),
        channels=_whole(said.get("channels"), 1, 64),
        isrc=isrc_of(_first(fields, "isrc")),
        mbid=_mbid(fields),
        loudness=loudness,
        peak=peak,
        lyrics=_lyrics(path, fields),
        picture=said.get("picture"),
    )


def _lyrics(path: Path, fields: Mapping[str, list[str]]) -> tuple[LyricLine, ...]:
    """The words beside the file or in it; those with times are preferred."""
    found = [lyrics_beside(path)]
    for name in ("syncedlyrics", "lyrics", "uslt", "unsyncedlyrics", "unsynced lyrics"):
        found += [parse_lrc(mended(text)) for text in fields.get(name, ())]
    timed = [lines for lines in found if any(line.start_ms is not None for line in lines)]
    return next(iter(timed or [lines for lines in found if lines]), ())


def _loudness(fields: Mapping[str, list[str]]) -> tuple[float | None, float | None]:
    gain = _number(_first(fields, "replaygain_track_gain").lower().removesuffix("db").strip())
    r128 = _number(_first(fields, "r128_track_gain"))
    loudness = -18.0 - gain if gain is not None else -23.0 - r128 / 256 if r128 is not None else None
    peak = _number(_first(fields, "replaygain_track_peak"))
    believed = loudness is not None and -70 < loudness < 6
    return (round(loudness, 2) if believed and loudness is not None else None), peak if peak and peak > 0 else None


def _mbid(fields: Mapping[str, list[str]]) -> str | None:
    names = ("musicbrainz_trackid", "musicbrainz track id", "musicbrainz release track id")
    codes: Iterable[str] = (_first(fields, name).lower() for name in names)
    return next((code for code in codes if _MBID.fullmatch(code)), None)


def _first(fields: Mapping[str, list[str]], name: str) -> str:
    return (fields.get(name) or [""])[0].strip()


def _text(value: Any) -> str:
    """One line without control characters, at most `LONGEST_TEXT` characters."""
    text = mended(str(value)) if value else ""
    clean = "".join(letter if letter.isprintable() else " " for letter in text.replace("\ufeff", ""))
    return " ".join(clean.split())[:LONGEST_TEXT].strip()


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _whole(value: Any, low: int, high: int) -> int | None:
    """A number, also of the form "3/12", rounded; None outside what is sensible."""
    number = _number(str(value).partition("/")[0].strip()) if value is not None else None
    return round(number) if number is not None and low <= round(number) <= high else None


def _year(value: Any) -> int | None:
    found = re.search(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", str(value or ""))
    return int(found[1]) if found else None


def _milliseconds(value: Any) -> int | None:
    seconds = _number(value)
    return round(1000 * seconds) if seconds is not None and 0 < seconds < 1e6 else None
