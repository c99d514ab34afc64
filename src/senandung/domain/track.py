"""When two names mean the same piece of music: names in plain letters, and the key that brings versions together."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

LONGEST_KEY = 400
"""Characters of a key; a longer one ends in the hash of its whole."""

_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")

_NO_WORD = re.compile(r"[\W_]+")

_GUEST = r"(?:feat|ft|featuring)\b\.?"

_SAME_MUSIC = (
    r"(?:\d{4}\s+)?(?:digital(?:ly)?\s+)?re-?master(?:ed)?(?:\s+version)?(?:\s+\d{4})?"
    r"|(?:album|single|original|mono|stereo|explicit)\s+version|explicit|clean|mono|stereo"
    r"|official\s+(?:music\s+)?(?:video|audio|lyrics?(?:\s+video)?|visuali[sz]er)|lyrics?(?:\s+video)?|video\s+lirik"
)
"""What is written behind a title and does not make it another performance. Live, acoustic and remixed ones are."""

_BRACKETED = re.compile(rf"\s*[(\[]\s*(?:{_GUEST}[^)\]]*|with\s[^)\]]*|{_SAME_MUSIC})\s*[)\]]", re.IGNORECASE)

_AFTER_DASH = re.compile(rf"\s+[-–—]\s+(?:{_GUEST}.*|{_SAME_MUSIC})\s*$", re.IGNORECASE)

_GUEST_AT_END = re.compile(rf"\s+{_GUEST}\s.*$", re.IGNORECASE)


@lru_cache(maxsize=65536)
def plain_letters(text: str) -> str:
    """A name without case, accents and punctuation, its words parted by one blank; what has no letters stays.

    >>> plain_letters("Sigur Rós –  Svefn-g-englar"), plain_letters("AC/DC"), plain_letters("!!!")
    ('sigur ros svefn g englar', 'ac dc', '!!!')
    """
    folded = text.casefold()
    if not folded.isascii():
        parts = unicodedata.normalize("NFKD", folded)
        bare = "".join(c for c in parts if not unicodedata.combining(c))
        folded = unicodedata.normalize("NFKC", bare).casefold()
    return _NO_WORD.sub(" ", folded).strip() or " ".join(text.casefold().split())


@lru_cache(maxsize=65536)
def plain_title(title: str) -> str:
    """A title in plain letters, without its guests and without what does not make it another performance.

    >>> plain_title("Heroes - 2017 Remaster"), plain_title("Kangen (feat. Dewi)"), plain_title("Heroes - Live")
    ('heroes', 'kangen', 'heroes live')
    """
    bare = title
    for pattern in (_BRACKETED, _AFTER_DASH, _GUEST_AT_END):
        bare = pattern.sub("", bare)
    return plain_letters(bare if bare.strip() else title)


@lru_cache(maxsize=65536)
def plain_artist(artist: str) -> str:
    """An artist in plain letters, without guests and without the ending of YouTube's own channels.

    >>> plain_artist("Dewa 19 feat. Ello"), plain_artist("Dewa 19 - Topic")
    ('dewa 19', 'dewa 19')
    """
    bare = _BRACKETED.sub("", artist.removesuffix(" - Topic"))
    bare = _GUEST_AT_END.sub("", bare)
    return plain_letters(bare if bare.strip() else artist)


def isrc_of(text: str | None) -> str | None:
    """An ISRC as it is kept: twelve characters without hyphens; None where it is none.

    >>> isrc_of("id-a01-23-45678"), isrc_of("unknown")
    ('IDA012345678', None)
    """
    bare = re.sub(r"[\s-]", "", text or "").upper()
    return bare if _ISRC.fullmatch(bare) else None


def names_key(artist: str, title: str) -> str:
    """The key of a piece by its names alone.

    >>> names_key("Chrisye", "Kala Cinta Menggoda (Remastered)")
    'chrisye / kala cinta menggoda'
    """
    key = f"{plain_artist(artist)} / {plain_title(title)}"
    if len(key) <= LONGEST_KEY:
        return key
    mark = hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"{key[: LONGEST_KEY - 17]} {mark}"
