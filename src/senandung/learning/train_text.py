# ruff: noqa: E501  (a card is prose: one paragraph, one line)
"""The weights that read feeling from text, with their card, from the public sets and the project's own lines."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from senandung.domain.feeling import BASIC
from senandung.learning.text_sets import SOURCES, WEIGHTS, Labelled, read_sets
from senandung.sensing.text_model import FILE_NAME, TextModel

SETS = ("brighter", "xed", "nusax", "indonlu_emotion")
"""The public sets that are learned from; of indonlu_emotion SmSA's training part alone."""

_LICENCES = {
    "status": "the project's own, CC0 1.0",
    "brighter": "BRIGHTER (SemEval-2025 task 11, track C), CC BY 4.0",
    "xed": "XED, Indonesian (Öhman et al. 2020), CC BY 4.0",
    "smsa": "SmSA, training part (IndoNLU, Wilie et al. 2020), Apache 2.0",
    "nusax": "NusaX, training and validation parts (Winata et al. 2023), CC BY-SA 4.0",
}


def build_text(data: Path, lines: Path, out: Path, progress: Callable[[str], None] = lambda _: None) -> TextModel:
    """Learn the model and write it with its card into an existing folder.

    Parameters
    ----------
    data : the folder of the unpacked public sets.
    lines : the project's own lines, corpora/status-lines.tsv.
    out : where to write; the package's `weights`.
    progress : told what is being done.
    """
    progress("reading the sets")
    found = read_sets({name: data / name for name in SETS}, lines)
    progress(f"looking at {len(found)} lines")
    examples = [line.example() for line in found]
    progress("learning")
    model = TextModel.fit(examples)
    model.save(out / FILE_NAME, {"lines": hashlib.sha256(lines.read_bytes()).hexdigest()})
    (out / "text.card.md").write_text(_card(found, model, out / FILE_NAME), encoding="utf-8")
    return model


def _card(lines: Sequence[Labelled], model: TextModel, path: Path) -> str:
    counts = Counter(line.source for line in lines)
    rows = "\n".join(f"| {_LICENCES[name]} | {counts[name]} | {WEIGHTS[name]} |" for name in SOURCES)
    feelings = Counter(line.labels[0] for line in lines if line.source == "status")
    shares = ", ".join(f"{name} {feelings[name]}" for name in BASIC)
    return f"""# {FILE_NAME}

The feeling of a line of text: shares of {", ".join(BASIC)}, valence and arousal, by two linear readers on words, pairs, runs of letters and what lexicon and associations say.

| set | lines | weight of a line |
|---|---|---|
{rows}

- Status lines by their feeling: {shares}. Those of SmSA and NusaX say only good, bad or neutral, and are learned from as that. NusaX in Indonesian, Javanese, Sundanese, Minangkabau and Banjarese.
- Never seen: EmoT (its own source does not allow it), SmSA's validation and test parts, NusaX's test parts, the 600 test lines. Dropped: BRIGHTER's lines that are only surprised, XED's without anger, disgust, fear, joy or sadness.
- {len(model.forms)} forms, int8, {path.stat().st_size / 1e6:.2f} MB. Remade by `senandung train text --data DIR`; the last digits depend on the linear algebra library.
- Figures: docs/feeling.md, by `bench/text.py`. It reads a text, not a person: no diagnosis, no measure of risk.
- Weights: CC BY-SA 4.0, for NusaX is share-alike. Attribution stands in NOTICE.
"""
