# ruff: noqa: E501  (a card is prose: one paragraph, one line)
"""The weights that read feeling from text, with their card, from the public sets and the project's own lines."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from senandung.domain.feeling import BASIC
from senandung.learning.english_sets import read_english
from senandung.learning.text_sets import SOURCES, WEIGHTS, Labelled, read_sets
from senandung.sensing.text_model import FILE_NAMES, TextModel

SETS = ("brighter", "xed", "nusax", "indonlu_emotion", "goemotions", "emobank")
"""The public sets that are learned from; of indonlu_emotion SmSA's training part alone, of brighter the Indonesian."""

KEPT = {"id": 80_000, "en": 40_000}
"""Forms that are kept of each language; both files together stay below 3 MB."""

_LICENCES = {
    "status": "the project's own, CC0 1.0",
    "brighter": "BRIGHTER (SemEval-2025 task 11, track C), CC BY 4.0",
    "xed": "XED, Indonesian (Öhman et al. 2020), CC BY 4.0",
    "smsa": "SmSA, training part (IndoNLU, Wilie et al. 2020), Apache 2.0",
    "nusax": "NusaX, training and validation parts (Winata et al. 2023), CC BY-SA 4.0",
    "goemotions": "GoEmotions, training part (Demszky et al. 2020), Apache 2.0",
    "emobank": "EmoBank, training part (Buechel & Hahn 2017), CC BY-SA 4.0",
}


def build_text(
    data: Path, lines: Path, out: Path, progress: Callable[[str], None] = lambda _: None
) -> dict[str, TextModel]:
    """Learn the model of each language and write it with its card into an existing folder.

    Parameters
    ----------
    data : the folder of the unpacked public sets.
    lines : the project's own lines, corpora/status-lines.tsv.
    out : where to write; the package's `weights`.
    progress : told what is being done.
    """
    folders = {name: data / name for name in SETS}
    models = {}
    for language, read in (("id", read_sets), ("en", read_english)):
        progress(f"reading the sets ({language})")
        found = read(folders, lines)
        progress(f"looking at {len(found)} lines ({language})")
        examples = [line.example() for line in found]
        progress(f"learning ({language})")
        path = out / FILE_NAMES[language]
        models[language] = TextModel.fit(examples, kept=KEPT[language])
        models[language].save(path, {"lines": hashlib.sha256(lines.read_bytes()).hexdigest()})
        path.with_suffix(".card.md").write_text(_card(language, found, models[language], path), encoding="utf-8")
    return models


_NOTES = {
    "id": "Those of SmSA and NusaX say only good, bad or neutral, and are learned from as that. NusaX in Indonesian, Javanese, Sundanese, Minangkabau and Banjarese. Never seen: EmoT (its own source does not allow it), SmSA's validation and test parts, NusaX's test parts, the 600 test lines. Dropped: BRIGHTER's lines that are only surprised, XED's without anger, disgust, fear, joy or sadness.",
    "en": "Of the project's own lines those in English, or mixed with it. GoEmotions' 27 emotions are shares of our six by the table GOEMOTIONS; EmoBank gives valence and arousal alone. Never seen: the validation and test parts of both, BRIGHTER's English lines, the 600 test lines. Dropped: lines that are only surprised.",
}


def _card(language: str, lines: Sequence[Labelled], model: TextModel, path: Path) -> str:
    counts = Counter(line.source for line in lines)
    rows = "\n".join(f"| {_LICENCES[name]} | {counts[name]} | {WEIGHTS[name]} |" for name in SOURCES if counts[name])
    feelings = Counter(line.labels[0] for line in lines if line.source == "status")
    shares = ", ".join(f"{name} {feelings[name]}" for name in BASIC)
    share_alike = "NusaX" if language == "id" else "EmoBank"
    return f"""# {path.name}

The feeling of a line of {"Indonesian" if language == "id" else "English"}: shares of {", ".join(BASIC)}, valence and arousal, by two linear readers on words, pairs, runs of letters and what lexicon and associations say.

| set | lines | weight of a line |
|---|---|---|
{rows}

- Status lines by their feeling: {shares}. {_NOTES[language]}
- {len(model.forms)} forms, int8, {path.stat().st_size / 1e6:.2f} MB. Remade by `senandung train text --data DIR`; the last digits depend on the linear algebra library.
- Figures: docs/feeling.md, by `bench/text.py`. It reads a text, not a person: no diagnosis, no measure of risk.
- Weights: CC BY-SA 4.0, for {share_alike} is share-alike. Attribution stands in NOTICE.
"""
