"""Classes of instrument from what files call parts: names in five languages, and Humdrum codes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"drum|percuss|tambur|cassa|piatti|cymbal|triang|gran cassa|becken", "drums"),
    (r"timp|timb\b|pauken|timbal|tympan|kotl", "timpani"),
    (r"violonc|v\.?cello|cello|vlc|^vc\b|cllo|basse de violon|baryton viol", "cello"),
    (r"contrabasso?on|contraf|bassoon|fagot|basson|^fag|^fg\b|^bn\b", "bassoon"),
    (r"contra?bass|kontrabas|double bass|violone|cbass|^cb\b|^db\b", "contrabass"),
    (r"viola|^vla|^va\b|bratsch|^alto viola|viole\b", "viola"),
    (r"violi?n|vioi|violons?\b|geige|^vn\b|^vl\b|^vni|fiddle|skrzyp|^vn\d|^vl\d", "violin"),
    (r"clavic?emb|cembalo|harpsi|clavec|cemb", "harpsichord"),
    (r"trombon|posaun|trbn|^tbn|tromb\b|^trb", "trombone"),
    (r"clarin[oi]\b|clrno|tromb?p|tromba|trompet|trumpet|trompete|^tr\b|^tpt|cornet|^cl\.?no", "trumpet"),
    (r"clarin|klarin|clars|^cl\b|^cl\d", "clarinet"),
    (r"horn\b|horns|corn[oiu]|^cors?\b|^cor\d|^hn\b|waldh", "horn"),
    (r"tuba|ophic|serpent|euphon", "tuba"),
    (r"flaut|flute|flote|flt|^fl\b|piccolo|picc|recorder|flet|tin whistle|^fl\d", "flute"),
    (r"oboe|hautb|^ob\b|english horn|cor anglais|^ob\d", "oboe"),
    (r"saxo", "saxophone"),
    (r"organ|orgel|orgue|^org", "organ"),
    (r"continuo|^bc\b|b\.c\.|figured|f[uo]ndament", "continuo"),
    (r"harp\b|harfe|harpe|^arpa", "harp"),
    (r"mandol|banjo|ukul|shamisen|koto", "mandolin"),
    (r"electric guitar|distort|overdriv", "electric-guitar"),
    (r"guit|chitar|laute|lute|liuto|gitar|vihuela|theorb", "guitar"),
    (r"electric bass|bass guitar|fretless|slap bass|synth bass|finger(ed)? bass", "bass"),
    (r"piano|pf\b|pfte|forte|klavier|fortep|pno|clavier|keyboard|^p\b|main|fort[ep]", "piano"),
    (r"sopran|canto|cantus|discant|dessus|soprn|^s\b|^c\b|^s \d|treble|^cantus", "soprano"),
    (r"alto|altus|altvs|contralto|mezzo|^a\b|^a \d|cantvs", "alto"),
    (r"tenor|^t\b|^t \d|quint|vagans", "tenor"),
    (r"bass|basso|barit|baryt|^b\b|^b \d|^ba\b|bassvs|basis|^bas", "basso"),
    (r"choir|chor\b|chorus|coro|satb|chor[uśa]|women|men\b", "choir"),
    (r"vox|voice|voce|gesang|singst|sing|vocal|chant|canto|solo|stimme|głos|glos|spiew|śpiew|melod|vokal", "voice"),
    (r"string|archi|streich", "strings"),
    (r"accord|harmonica|harmonium|bandon", "accordion"),
    (r"glock|celest|xylo|vibra|marimb|bell|chime", "mallets"),
)  # fmt: skip
"""What a part's name or Humdrum code looks like, in lower case without accents; the first that fits holds."""

_COMPILED = tuple((re.compile(pattern), name) for pattern, name in _PATTERNS)


@lru_cache(maxsize=4096)
def class_of_name(name: str) -> str | None:
    """The class of instrument that a part's name tells, or None.

    >>> class_of_name("Violino Primo"), class_of_name("Fagotti"), class_of_name("CANTVS"), class_of_name("xyz")
    ('violin', 'bassoon', 'soprano', None)
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).strip(" .\"'")
    if plain in ("cantvs", "cantus"):
        return "soprano"
    if not plain or plain == "empty":
        return None
    return next((found for pattern, found in _COMPILED if pattern.search(plain)), None)
