"""The music sets: which files they hold, what each file is, and how it is read."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from senandung.composing.pieces.piece import Piece
from senandung.composing.pieces.vocabulary import COMPOSERS
from senandung.domain.errors import FileError
from senandung.learning.corpus.assemble import LEAST_LEAD, LOWEST_FIT
from senandung.learning.corpus.raw import RawPart, RawScore


@dataclass
class Work:
    """A file of a set: a row of the manifest, and the pieces made of it.

    `group` names what must not be divided between training and validation (movements of a work, verses of a tune).
    `file` is the path from the folder of all sets, with `/`; `declared` the classes of instrument of a catalogue;
    `chord_names` that the names of chords sound in a part of their own; `refused` why it must not be used.
    """

    set: str
    path: Path
    title: str
    composer: str
    style: str
    licence: str
    credit: str
    group: str
    cap: int | None = None
    ensemble: str = ""
    tempo_known: bool = True
    file: str = ""
    declared: tuple[str, ...] = ()
    refused: str = ""
    chord_names: bool = False
    pieces: list[Piece] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class MusicSet:
    """A set: where it comes from, its licence, its credit, how its works are found and read.

    `drums` says that keys do not matter, `least_fit` how much of the music must lie in its key's scale, `least_lead`
    how far a found key must be ahead of the next. A set of plans is made into pieces by `plans` at once, for it has no
    scores.
    """

    name: str
    home: str
    licence: str
    credit: str
    works: Callable[[Path, MusicSet], Iterator[Work]]
    read: Callable[[Work], RawScore]
    drums: bool = False
    least_fit: float = LOWEST_FIT
    least_lead: float = LEAST_LEAD
    plans: Callable[[Path], list[Piece]] | None = None

    @property
    def folder(self) -> str:
        """The folder that holds it, below that of all sets."""
        return self.name


BAND_FIT = 0.58
"""Bands of the games play chromatic metal: with the common rule 24 of 130 would be dropped."""

BAND_LEAD = 0.0
"""Riffs waver between a key and its relative, and the files state none. A band piece in the relative key is still worth
more than a tenth of the only set of bands."""

SACRED_CAP = 2000
"""The most notes of a sacred score: uncapped they would be a third of everything."""

LAST_DEATH = 1955
"""Composers who died later are left out, whatever licence their edition has."""

_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "bach johann sebastian": "bach", "bachjs": "bach", "handelgf": "handel", "vivaldia": "vivaldi",
        "telemanngp": "telemann", "buxtehuded": "buxtehude", "haydnfj": "haydn", "haydn franz": "haydn",
        "haydn joseph": "haydn", "mozartwa": "mozart", "mozart wolfgang amadeus": "mozart",
        "beethovenlv": "beethoven", "beethoven ludwig van": "beethoven", "schubertf": "schubert",
        "schubert franz": "schubert", "schumannr": "schumann", "schumann robert": "schumann",
        "schumann clara": "clara-schumann", "mendelssohn-bartholdyf": "mendelssohn", "mendelssohn felix": "mendelssohn",
        "hensel fanny": "hensel", "chopinff": "chopin", "chopin fryderyk": "chopin", "brahmsj": "brahms",
        "wolf hugo": "wolf", "lang josephine": "lang", "franz robert": "franz", "liszt franz": "liszt",
        "lisztf": "liszt", "joplins": "joplin", "sousajp": "sousa", "burgmullerjff": "burgmuller",
        "czernyc": "czerny", "montepd": "monte", "giulianim": "giuliani", "carcassim": "carcassi",
        "carullif": "carulli", "horetzkyf": "horetzky", "mertzjk": "mertz", "verdig": "verdi",
        "tchaikovskypi": "tchaikovsky", "grieg edvard": "grieg", "griege": "grieg", "dvoraka": "dvorak",
        "dvorak antonin": "dvorak", "fauregabriel": "faure", "faureg": "faure", "debussyc": "debussy",
        "regerm": "reger", "scarlattid": "scarlatti", "purcellh": "purcell", "couperinf": "couperin",
        "stefani jozef": "stefani", "mayer emilie": "mayer", "satie erik": "satie", "saties": "satie",
        "saint-georges joseph bologne": "saint-georges",
    }
)  # fmt: skip

_PARTICULAR = frozenset({"bach", "schumann", "haydn", "mozart", "lang", "franz", "mayer", "wolf", "monte", "stefani",
                         "scarlatti", "couperin", "luna"})  # fmt: skip
"""Surnames that more than one composer bears: only the full names above are theirs."""

_LUNA = ("luna georgius",)


def composer_style(name: str) -> str | None:
    """The style token of a composer's name as the sets write it, or None.

    >>> composer_style("Żeleński, Władysław"), composer_style("Schumann,_Clara"), composer_style("Bach, C.P.E.")
    ('zelenski', 'clara-schumann', None)
    """
    plain = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L").casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = " ".join(re.sub(r"[,_.\[\]]+", " ", plain).split())
    if plain in _ALIASES:
        return _ALIASES[plain]
    if plain in _LUNA:
        return "luna"
    surname = plain.split(" ")[0] if plain else ""
    return surname if surname in COMPOSERS and surname not in _PARTICULAR else None


# readers


def _kern(work: Work) -> RawScore:
    from senandung.learning.corpus.kern_reader import read_kern

    raw = read_kern(work.path)
    facts = raw.facts
    died = re.fullmatch(r".*-\D*(1[89]\d{2}|20\d{2})\D*(\d\d\D*){0,2}", facts.get("CDT", ""))
    if died and int(died[1]) > LAST_DEATH:
        work.refused = "composer died less than seventy years ago"
    sacred = facts.get("AGN", "").startswith("Sacred")
    work.title = facts.get("OTL") or facts.get("OPR") or work.title
    work.composer = facts.get("COM", "")
    work.cap = SACRED_CAP if sacred else None
    years = [int(year) for year in re.findall(r"\b1\d{3}\b", facts.get("CDT", ""))]
    early = bool(years) and max(years) < 1650
    generic = "renaissance" if early else "sacred" if sacred else "polish"
    work.style = composer_style(work.composer) or generic
    return raw


def _musicxml(work: Work) -> RawScore:
    from senandung.learning.corpus.musicxml_reader import read_musicxml

    return read_musicxml(work.path)


def _lead_sheet(work: Work) -> RawScore:
    raw = _musicxml(work)
    raw.parts = [RawPart(part.label, "voice", True, part.notes) for part in raw.parts[:1]]
    work.ensemble = "lead-sheet"
    return raw


def _midi(work: Work) -> RawScore:
    from senandung.learning.corpus.midi_reader import read_midi

    return read_midi(work.path)


def _catalogued(work: Work) -> RawScore:
    """MIDI whose parts are checked against the catalogue's instruments."""
    from senandung.learning.corpus.declared import agree

    raw = _midi(work)
    if work.chord_names and len(raw.parts) > 1:
        raw.parts = [part for part in raw.parts if not _only_chords(part)] or raw.parts
    kinds = agree([part.instrument for part in raw.parts], [part.label for part in raw.parts], work.declared)
    raw.parts = [RawPart(part.label, kind, part.sung, part.notes) for part, kind in zip(raw.parts, kinds, strict=True)]
    return raw


def _only_chords(part: RawPart) -> bool:
    """Whether a part is the names of chords, which sound as blocks: nearly all its notes begin three at a time."""
    together = Counter(note.start for note in part.notes)
    return part.label.startswith("channel") and sum(n >= 3 for n in together.values()) > 0.8 * len(together)


def _tune(work: Work) -> RawScore:
    raw = _midi(work)
    raw.tempo = None
    raw.parts = [RawPart(part.label, "melody", False, part.notes) for part in raw.parts[:1]]
    work.ensemble = "tune"
    return raw


def _groove(work: Work) -> RawScore:
    from senandung.learning.corpus.midi_reader import read_midi

    return read_midi(work.path, pickup=False)


_VOICES = ("soprano", "alto", "tenor", "basso")


def _hymn(work: Work) -> RawScore:
    from senandung.learning.corpus.abc_reader import read_abc

    raw = read_abc(work.path)
    if len(raw.parts) == 4:
        raw.parts = [
            RawPart(part.label, voice, False, part.notes) for part, voice in zip(raw.parts, _VOICES, strict=True)
        ]
    else:
        raw.parts = [RawPart(part.label, "choir", False, part.notes) for part in raw.parts]
    return raw


# files


def _work(found: MusicSet, path: Path, title: str, composer: str, style: str, group: str) -> Work:
    return Work(found.name, path, title, composer, style, found.licence, found.credit, f"{found.name}/{group}")


def _kern_files(root: Path, found: MusicSet) -> Iterator[Work]:
    for path in sorted(root.glob("*/kern/*.krn")):
        number = path.stem.split("_")[0]
        group = re.sub(r"-\d{3}$", "", number) if re.search(r"--\d{3}-\d{3}$", number) else number
        yield _work(found, path, path.stem, "", "polish", group)


def _lieder_files(root: Path, found: MusicSet) -> Iterator[Work]:
    for path in sorted(root.glob("scores/*/*/*/*.mxl")):
        composer, cycle, song = path.parts[-4:-1]
        group = f"{composer}/{song}" if cycle == "_" else f"{composer}/{cycle}"
        yield _work(found, path, song.replace("_", " "), composer.replace("_", " "),
                    composer_style(composer) or "lied", group)  # fmt: skip


def _quartet_files(root: Path, found: MusicSet) -> Iterator[Work]:
    for path in sorted(root.glob("scores/*/*/*.mxl")):
        composer, title = path.parts[-3:-1]
        yield _work(found, path, title.replace("_", " "), composer.replace("_", " "),
                    composer_style(composer) or "string-quartet", f"{composer}/{title}")  # fmt: skip


def _orchestra_files(root: Path, found: MusicSet) -> Iterator[Work]:
    for path in sorted(root.glob("data/*/*/*/*.mxl")):
        composer, title, movement = path.parts[-4:-1]
        yield _work(found, path, f"{title} {movement}".replace("_", " "), composer.replace("_", " "),
                    composer_style(composer) or "orchestral", f"{composer}/{title}")  # fmt: skip


_RECENT = frozenset({"BrownCJ", "BanksJK", "JohnsonD", "SardainL", "OlsonJJ", "VeliumovA", "BreyC"})
"""Composers in Mutopia who are living or died less than seventy years ago, by its ids."""

_MUTOPIA_STYLES: Mapping[str, str] = MappingProxyType(
    {"Baroque": "baroque", "Classical": "classical", "Romantic": "romantic", "Renaissance": "renaissance",
     "Folk": "traditional", "Hymn": "hymn", "March": "march", "Jazz": "jazz", "Song": "song", "Modern": "modern"}
)  # fmt: skip


def _mutopia_files(root: Path, found: MusicSet) -> Iterator[Work]:
    from senandung.learning.corpus.declared import declared_classes

    with (root / "manifest.jsonl").open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    for row in rows:
        if row["composer_id"] in _RECENT:
            continue
        style = composer_style(row["composer_id"]) or _MUTOPIA_STYLES.get(row["style"], "classical")
        if row["composer_id"] in ("Traditional", "Anonymous"):
            style = "traditional"
        group = "/".join(row["source_path"].split("/")[1:3])
        for file in row["midi_files"]:
            work = _work(found, root / file["path"], row["title"], row["composer"], style, group)
            work.declared = declared_classes(row["instruments"])
            work.chord_names = row["has_chord_names"]
            work.licence = row["licence"]
            work.tempo_known = not row["tempo_default_60"]
            work.credit = f"{row['maintainer']}, {row['mutopia_id']}" if row["licence_class"] == "BY" else ""
            yield work


def _irish_files(root: Path, found: MusicSet) -> Iterator[Work]:
    for path in sorted(root.glob("cre_corpus/MIDI/*.mid")):
        title = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", path.stem)
        yield _work(found, path, title, "traditional", "irish", re.sub(r"\d+$", "", path.stem))


def _doom_files(root: Path, found: MusicSet) -> Iterator[Work]:
    for path in sorted(root.glob("musics/*.mid")):
        yield _work(found, path, path.stem, "", "band", path.stem)


_DRUM_STYLES = ("rock", "funk", "jazz", "latin", "hiphop", "soul", "afrocuban", "afrobeat")


def _groove_files(root: Path, found: MusicSet) -> Iterator[Work]:
    with (root / "groove" / "info.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["split"] != "train":  # the rest are public benchmarks
                continue
            kind = re.split(r"[/-]", row["style"])[0]
            style = f"drums-{kind if kind in _DRUM_STYLES else 'other'}"
            path = root / "groove" / row["midi_filename"]
            if path.exists():
                yield _work(found, path, path.stem, row["drummer"], style, row["session"])


def _hymn_files(root: Path, found: MusicSet) -> Iterator[Work]:
    for path in sorted(root.glob("Complete/*/*.abc")):
        tune = path.stem.rpartition("-")[2]
        yield _work(found, path, path.parent.name.replace("_", " "), "", "hymn", tune)


def _plan_files(root: Path, found: MusicSet) -> Iterator[Work]:
    for path in sorted(root.glob("billboard-2.0-salami_chords/*/salami_chords.txt")):
        yield _work(found, path, path.parent.name, "", "song", path.parent.name)


def _plans(path: Path) -> list[Piece]:
    from senandung.learning.corpus.chord_plans import read_chord_plan

    return read_chord_plan(path)


def _no_score(work: Work) -> RawScore:
    raise FileError(work.path, "a set of plans has no scores")


def _lead_sheet_files(root: Path, found: MusicSet) -> Iterator[Work]:
    for path in sorted(root.glob("dataset/*/*/*.mxl")):
        composer, title = path.parts[-3:-1]
        yield _work(found, path, title.replace("_", " "), composer.replace("_", " "), "song", path.stem)


_NIFC = "Polish Music Heritage in Open Access, copyright 2019-2022 The Fryderyk Chopin Institute, polishscores.org"

SETS: tuple[MusicSet, ...] = (
    MusicSet("polish_scores", "github.com/pl-wnifc/humdrum-polish-scores", "CC BY 4.0", _NIFC, _kern_files, _kern),
    MusicSet("openscore_lieder", "github.com/OpenScore/Lieder", "CC0", "OpenScore Lieder Corpus", _lieder_files,
             _musicxml),
    MusicSet("openscore_quartets", "github.com/OpenScore/StringQuartets", "CC0", "OpenScore String Quartets",
             _quartet_files, _musicxml),
    MusicSet("openscore_orchestra", "github.com/MarkGotham/Hauptstimme", "CC0", "OpenScore Orchestra",
             _orchestra_files, _musicxml),
    MusicSet("mutopia", "github.com/MutopiaProject/MutopiaProject", "public domain or CC BY, per piece",
             "The Mutopia Project and its typesetters", _mutopia_files, _catalogued),
    MusicSet("open_hymnal", "github.com/mzealey/openhymnal", "public domain",
             "The Open Hymnal Project, Brian J. Dumont", _hymn_files, _hymn),
    MusicSet("openewld", "github.com/00sapo/OpenEWLD", "MIT", "OpenEWLD, Federico Simonetta", _lead_sheet_files,
             _lead_sheet),
    MusicSet("cre_irish", "github.com/polifonia-project/folk_ngram_analysis", "Unlicense (public domain)",
             "Ceol Rince na hÉireann corpus: Bill Black, Danny Diamond (FoNN, Polifonia)", _irish_files, _tune),
    MusicSet("freedoom_midi", "github.com/freedoom/freedoom", "BSD-3-Clause",
             "Copyright 2001-2024 Contributors to the Freedoom project", _doom_files, _midi,
             least_fit=BAND_FIT, least_lead=BAND_LEAD),
    MusicSet("blasphemer_mus", "github.com/Blasphemer/blasphemer", "BSD-3-Clause",
             "Copyright 2021 Contributors to the Blasphemer project", _doom_files, _midi,
             least_fit=BAND_FIT, least_lead=BAND_LEAD),
    MusicSet("groove_midi", "github.com/zharry29/drums-with-llm", "CC BY 4.0",
             "Groove MIDI Dataset, Google LLC (Gillick et al. 2019); its training split only", _groove_files, _groove,
             drums=True),
)  # fmt: skip
"""Every set that the composer may be trained on, in the order in which they are read."""

PLAN_SETS: tuple[MusicSet, ...] = (
    MusicSet("mcgill_billboard", "github.com/boomerr1/The-McGill-Billboard-Project", "CC0",
             "McGill Billboard annotations (Burgoyne, Wild & Fujinaga 2011)", _plan_files, _no_score, plans=_plans),
)  # fmt: skip
"""Sets of chords without notes: read where they are named, and all for training, for nothing of them is a note."""


def source_commit(folder: Path) -> str:
    """The commit that a set was taken from, as its folder says it, or "unknown"."""
    for name in ("SOURCE_COMMIT", "README.md"):
        path = folder / name
        if path.is_file():
            found = re.search(r"\b[0-9a-f]{40}\b", path.read_text(encoding="utf-8", errors="replace"))
            if found:
                return found[0]
    return "unknown"
