"""A reading in a sentence, Indonesian or English: what was read, how surely, and what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from senandung.domain.feeling import PLACES, Feeling
from senandung.domain.reading import Reading

_VALENCE = (
    (-0.45, "tidak enak", "unpleasant"),
    (-0.15, "agak tidak enak", "rather unpleasant"),
    (0.15, "antara enak dan tidak", "neither pleasant nor unpleasant"),
    (0.45, "agak enak", "rather pleasant"),
    (1.01, "enak", "pleasant"),
)
"""Valence below which the words hold."""

_AROUSAL = (
    (-0.45, "tenang", "calm"),
    (-0.15, "agak tenang", "rather calm"),
    (0.15, "sedang geloranya", "neither calm nor stirred"),
    (0.45, "agak bergelora", "rather stirred"),
    (1.01, "bergelora", "stirred"),
)

_SURE = ((0.25, "cukup yakin", "fairly sure"), (0.5, "kira-kira", "roughly"), (1.01, "samar", "faintly"))
"""Mean spread below which the words hold."""

KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "text": ("tulisan", "text"),
        "song": ("lagu", "song"),
        "concert": ("konser", "concert"),
        "voice": ("catatan suara", "voice note"),
        "video": ("video", "video"),
        "notes": ("not", "notes"),
        "person": ("kata orangnya", "the person's word"),
    }
)
"""Kinds of traces in Indonesian and English."""

CUES: Mapping[str, str] = MappingProxyType(
    {
        "major": "mayor", "minor": "minor", "many notes": "banyak nada", "few notes": "sedikit nada",
        "much is struck": "banyak ketukan", "little is struck": "sedikit ketukan", "quick": "cepat", "slow": "lambat",
        "loud here": "keras", "soft here": "lirih", "clear beat": "ketukan jelas", "no clear beat": "ketukan samar",
        "rough": "kasar", "smooth": "halus", "bright": "terang", "dark": "gelap", "detached": "terputus-putus",
        "joined": "bersambung", "high": "tinggi", "low": "rendah", "chords move": "akor bergerak",
        "chords stay": "akor diam", "clear key": "nada dasar jelas", "unclear key": "nada dasar kabur",
        "loud": "keras", "soft": "lirih", "consonant": "selaras", "dissonant": "sumbang",
        "tones change": "nada berganti", "tones stay": "nada bertahan", "even rhythm": "irama rata",
        "uneven rhythm": "irama tak rata", "wide melody": "lagu luas", "narrow melody": "lagu sempit",
        "rises": "lagu naik", "falls": "lagu turun", "drums": "ada gendang", "no drums": "tanpa gendang",
        "bright picture": "gambar terang", "dark picture": "gambar gelap", "strong colours": "warna kuat",
        "pale colours": "warna pucat", "fast cutting": "potongan cepat", "slow cutting": "potongan lambat",
        "much motion": "banyak gerak", "little motion": "sedikit gerak",
        "quick speech": "bicara cepat", "slow speech": "bicara pelan", "many pauses": "banyak jeda",
        "room and device looked past": "ruang dan alat rekam diabaikan",
        "few pauses": "sedikit jeda", "high voice": "suara tinggi", "low voice": "suara rendah",
        "lively pitch": "lagu bicara hidup", "even pitch": "lagu bicara datar", "pitch rises": "nada bicara naik",
        "pitch falls": "nada bicara turun", "louder than usual": "lebih keras dari biasanya",
        "softer than usual": "lebih lirih dari biasanya", "loud and soft": "keras dan lirih",
        "even loudness": "kerasnya rata", "strong, bright voice": "suara kuat dan terang",
        "soft, dark voice": "suara lembut dan gelap", "firm voice": "suara mantap", "breathy voice": "suara mendesah",
        "unsteady voice": "suara bergetar", "steady voice": "suara tenang", "quick tune": "lagu cepat",
        "slow tune": "lagu lambat", "wide tune": "lagu luas", "narrow tune": "lagu sempit",
        "your own word": "katamu sendiri", "your earlier corrections": "koreksimu yang lalu",
    }
)  # fmt: skip
"""What drives a reading, in Indonesian; what is not here is said as it is."""

REASONS = 3
"""The most reasons that a sentence names."""


def sentence_of(feeling: Feeling, readings: Sequence[Reading], language: str) -> str:
    """One or two sentences on a feeling and what it hangs on.

    Parameters
    ----------
    readings : of its traces; may be none.
    language : "id" or "en", of the sentence.

    >>> sentence_of(Feeling.named("sedih"), [], "en")
    'Reads as sad: unpleasant, rather calm (roughly).'
    >>> sentence_of(Feeling.unread(), [], "id")
    'Belum terbaca.'
    """
    indonesian = language == "id"
    if not feeling.readable:
        return "Belum terbaca." if indonesian else "Nothing could be read as a feeling."
    reasons = _reasons(readings, indonesian)
    why = ""
    if reasons:
        why = (" Yang paling menimbang: " if indonesian else " What weighed most: ") + ", ".join(reasons) + "."
    if feeling.parts:
        words = [_named(part.words[:1], indonesian) for part in feeling.parts]
        start = "Campur, tetap terpisah: " if indonesian else "Mixed, and kept apart: "
        return start + (" dan " if indonesian else " and ").join(words) + "." + why
    place = f"{_told(_VALENCE, feeling.valence, indonesian)}, {_told(_AROUSAL, feeling.arousal, indonesian)}"
    sure = _told(_SURE, 0.5 * (feeling.valence_spread + feeling.arousal_spread), indonesian)
    start = "Terbaca" if indonesian else "Reads as"
    return f"{start} {_named(feeling.words[:2], indonesian)}: {place} ({sure}).{why}"


def cue_in(what: str, language: str) -> str:
    """What drives a reading, in a language.

    >>> cue_in("minor", "id"), cue_in("few notes", "id"), cue_in("few notes", "en")
    ('minor', 'sedikit nada', 'few notes')
    """
    return CUES.get(what, what) if language == "id" else what


def _reasons(readings: Sequence[Reading], indonesian: bool) -> list[str]:
    """What weighed most in each trace: words in quotation marks, cues in words."""
    language = "id" if indonesian else "en"
    found: list[list[str]] = []
    for reading in readings:
        if not reading.feeling.readable:
            continue
        if reading.words:
            words = sorted(reading.words, key=lambda word: -word.weight)
            found.append([f"“{word.shown}”" for word in words if word.weight >= 0.1])
        else:
            pieces = sorted(reading.feeling.evidence, key=lambda piece: -piece.weight)
            found.append([cue_in(piece.what, language) for piece in pieces])
    share = max(1, REASONS // max(1, len(found)))
    return list(dict.fromkeys(reason for row in found for reason in row[:share]))


def _named(words: Sequence[str], indonesian: bool) -> str:
    shown = [word if indonesian or word not in PLACES else PLACES[word].english for word in words]
    return (" atau " if indonesian else " or ").join(shown) or "—"


def _told(rows: Sequence[tuple[float, str, str]], value: float, indonesian: bool) -> str:
    row = next(row for row in rows if value < row[0])
    return row[1] if indonesian else row[2]
