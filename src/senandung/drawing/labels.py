"""The words that pictures and pages show, in Indonesian and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from senandung.domain.song import Song

LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "made": ("dibuat mesin", "made by a machine"),
        "made-with": ("Dibuat mesin dengan Senandung (made by a machine)", "Made by a machine, with Senandung"),
        "bars": ("birama", "bars"),
        "bar": ("birama", "bar"),
        "valence": ("tidak enak  ←  valensi  →  enak", "unpleasant  ←  valence  →  pleasant"),
        "arousal": ("tenang  ←  gairah  →  bergelora", "calm  ←  arousal  →  excited"),
        "valence-short": ("valensi", "valence"),
        "arousal-short": ("gairah", "arousal"),
        "tension-short": ("tegangan", "tension"),
        "asked-short": ("digambar", "drawn"),
        "planned-short": ("rencana", "planned"),
        "climax": ("Puncak", "Climax"),
        "skip": ("Langsung ke kata-kata", "Skip to the words"),
        "words": ("Kata-kata", "Words"),
        "instrumental": ("Lagu ini tanpa kata.", "This song has no words."),
        "feeling": ("Perasaan", "Feeling"),
        "feeling-picture": ("Perasaan sepanjang lagu", "The feeling over the song"),
        "weighed": ("Kata yang menimbang", "The words that weighed"),
        "roll-picture": ("Semua nada dari awal sampai akhir", "Every note from beginning to end"),
        "pictures": ("Not dan gambar", "Notes and pictures"),
        "score": ("Not balok", "Score"),
        "not-angka": ("Not angka", "Numbered notation (not angka)"),
        "roll": ("Gulungan piano", "Piano roll"),
        "details": ("Tentang lagu ini", "About this song"),
        "downloads": ("Berkas", "Files"),
        "honest": (
            "Lagu ini dibuat mesin (made by a machine) dengan Senandung. Ceritanya milik orang yang memintanya.",
            "This song was made by a machine (dibuat mesin) with Senandung. Its story belongs to the person who asked.",
        ),
        "badge": ("dibuat mesin · made by a machine", "made by a machine · dibuat mesin"),
        "player": ("Pemutar", "Player"),
        "play": ("Putar", "Play"),
        "pause": ("Jeda", "Pause"),
        "seek": ("Tempat dalam lagu", "Place in the song"),
        "trouble": (
            "Suaranya tidak dapat diputar: berkas lagu harus ada di map yang sama dengan halaman ini.",
            "The sound cannot be played: the song's file must be in the same folder as this page.",
        ),
        "story": ("cerita dari orang yang memintanya", "the story of the person who asked for it"),
        "style": ("Gaya", "Style"),
        "key": ("Nada dasar", "Key"),
        "tempo": ("Tempo", "Tempo"),
        "beats": ("ketukan semenit", "beats a minute"),
        "metre": ("Sukat", "Metre"),
        "length": ("Panjang", "Length"),
        "players": ("Pemain", "Players"),
        "seed": ("Benih (seed)", "Seed"),
        "version": ("Versi", "Version"),
        "made-how": ("Cara dibuat", "How it was made"),
        "given": ("Darimu", "From you"),
        "compositeWithTrainedAlgorithmicMedia": (
            "mesin yang belajar dari musik, dengan kata atau nada dari orang",
            "a machine that learned from music, with a person's words or tune",
        ),
        "trainedAlgorithmicMedia": ("mesin yang belajar dari musik", "a machine that learned from music"),
        "compositeSynthetic": (
            "mesin menurut aturan, dengan kata dari orang",
            "a machine by rules, with a person's words",
        ),
        "algorithmicMedia": ("mesin menurut aturan", "a machine by rules"),
        "models": ("Model", "Models"),
        "sources": ("Sumber", "Sources"),
        "originality": ("Keaslian", "Originality"),
        "song-id": ("Tanda lagu", "Song id"),
        "source-person": ("baris darimu", "your lines"),
        "source-variation": ("variasi dari barismu", "variations of your lines"),
        "source-vocalise": ("senandung tanpa kata", "vocalise"),
        "source-machine": ("usulan mesin", "proposed by the machine"),
        "tag-variation": ("variasi", "variation"),
        "tag-vocalise": ("senandung", "vocalise"),
        "tag-machine": ("mesin", "machine"),
        "major": ("mayor", "major"),
        "minor": ("minor", "minor"),
        "unread": ("perasaan tidak terbaca", "the feeling could not be read"),
    }
)
"""Indonesian and English by name."""


FILES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "song.mp3": ("lagu, MP3", "the song, MP3"),
        "song.ogg": ("lagu, Ogg", "the song, Ogg"),
        "song.wav": ("lagu, suara utuh", "the song, lossless"),
        "song.flac": ("lagu, suara utuh", "the song, lossless"),
        "stems": ("setiap alat musik sendiri", "each instrument by itself"),
        "vocal.wav": ("suara penyanyi saja", "the voice alone"),
        "song.mid": ("MIDI", "MIDI"),
        "song.musicxml": ("untuk MuseScore dan program not lain", "for MuseScore and other notation programs"),
        "song.ustx": ("untuk OpenUtau", "for OpenUtau"),
        "song.json": ("seluruh lagu sebagai data", "the whole song as data"),
        "singing.json": ("nyanyian sebagai data", "the singing as data"),
        "score.pdf": ("not balok", "score"),
        "not-angka.pdf": ("not angka", "numbered notation"),
        "chords.cho": ("kata dan kunci (ChordPro)", "words and chords (ChordPro)"),
        "roll.png": ("gulungan piano", "piano roll"),
        "feeling.png": ("gambar perasaan", "picture of the feeling"),
        "originality.json": ("laporan keaslian", "originality report"),
    }
)
"""What the files of a song folder are, in Indonesian and English."""


def label(name: str, language: str) -> str:
    """A label in a language ("id" or "en").

    >>> label("made", "id"), label("made", "en")
    ('dibuat mesin', 'made by a machine')
    """
    return LABELS[name][0 if language == "id" else 1]


STYLES: Mapping[str, str] = MappingProxyType(
    {
        "pop-ballad": "balada pop",
        "pop-upbeat": "pop riang",
        "folk-guitar": "gitar folk",
        "solo-piano": "piano tunggal",
        "string-quartet": "kuartet gesek",
    }
)
"""Indonesian names of styles whose own name is English."""


def plain_style(song: Song) -> str:
    """The song's style as a reader of its words sees it: "pop-ballad" is "pop ballad", or "balada pop"."""
    style = song.provenance.style
    return STYLES.get(style, style.replace("-", " ")) if song.words.language == "id" else style.replace("-", " ")


NOTES: Mapping[str, str] = MappingProxyType(
    {
        "negated": "diingkari",
        "intensified": "dikuatkan",
        "diminished": "dilemahkan",
        "emoji": "emoji",
        "repeated": "berulang",
        "capitals": "huruf besar",
        "question": "pertanyaan",
        "laughter": "tawa",
        "sarcasm": "sindiran",
        "tears of joy": "tangis bahagia",
        "beside bad words": "di samping kata yang berat",
        "before tapi": "sebelum “tapi”",
        "after tapi": "sesudah “tapi”",
        "conceded": "disangkal kalimatnya",
        "main clause": "induk kalimat",
    }
)
"""Indonesian for what the reading of a text notes about a word."""


def plain_notes(notes: str, language: str) -> str:
    """The notes of one piece of evidence in a language.

    >>> plain_notes("negated, capitals, !!", "id"), plain_notes("negated", "en")
    ('diingkari, huruf besar, !!', 'negated')
    """
    return ", ".join(NOTES.get(note, note) for note in notes.split(", ")) if language == "id" else notes


LICENCE = (
    "Yang meminta lagu ini boleh memakainya sesuka hati; Senandung tidak menuntut hak apa pun atasnya.",
    "The person who asked for this song may use it as they like; Senandung claims no right in it.",
)
"""The licence that a song has of itself, in Indonesian and English."""


def plain_licence(song: Song) -> str:
    """The song's licence in the language of its words; a licence of one's own stays as it was written."""
    licence = song.provenance.licence
    return LICENCE[0] if licence == LICENCE[1] and song.words.language == "id" else licence


def clock(seconds: float) -> str:
    """Minutes and seconds.

    >>> clock(125.4)
    '2:05'
    """
    minutes, rest = divmod(int(max(seconds, 0)), 60)
    return f"{minutes}:{rest:02d}"
