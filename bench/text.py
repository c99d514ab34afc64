"""How well lines of text are read: own lines, BRIGHTER, SmSA, EmoT, per class and with 95 % intervals.

    .venv/bin/python bench/text.py --data DATA [--shipped | --emot-trained]

The 600 own test lines, SmSA's test part and EmoT's validation part were seen by no shipped weight, and nothing is tuned
on them. BRIGHTER and the status lines are learned from, so their figures are out of fold: each fifth is read by a model
that did not see it. With `--emot-trained` the same model learns EmoT's training part, as a benchmark of the algorithm;
those weights are thrown away.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.domain.feeling import BASIC
from senandung.learning.english_sets import read_emobank, read_goemotions
from senandung.learning.text_sets import Labelled, read_brighter, read_sets, read_smsa, read_status, shares_of
from senandung.learning.train_text import SETS
from senandung.sensing.lexical import read_line
from senandung.sensing.text import join, read_text
from senandung.sensing.text_model import Example, Guess, TextModel, load_text_model
from senandung.sensing.tokens import tokenise

EMOT = {"anger": "marah", "fear": "takut", "happy": "senang", "love": "cinta", "sadness": "sedih"}
ROOT = Path(__file__).parents[1]
OUT_OF_FOLD = ("status", "brighter")
"""Sets that are both learned from and reported."""


def f1_scores(truth: Sequence[str], said: Sequence[str], names: Sequence[str]) -> list[float]:
    """F1 of each class."""
    found = []
    for name in names:
        hit = sum(a == name == b for a, b in zip(truth, said, strict=True))
        wrong = sum((a == name) != (b == name) for a, b in zip(truth, said, strict=True))
        found.append(2 * hit / max(1, 2 * hit + wrong))
    return found


def interval(figure: Callable[[NDArray[np.int64]], float], count: int, seed: int = 1) -> tuple[float, float]:
    """The 95 % interval of a figure over 500 draws of its lines with replacement."""
    rng = np.random.default_rng(seed)
    drawn = [figure(rng.integers(0, count, count)) for _ in range(500)]
    return float(np.percentile(drawn, 2.5)), float(np.percentile(drawn, 97.5))


def say_classes(name: str, truth: Sequence[str], said: Sequence[str], names: Sequence[str]) -> None:
    """Print macro-F1 with its interval and the F1 of each class."""
    one, other = np.array(truth), np.array(said)
    scores = f1_scores(truth, said, names)

    def macro(places: NDArray[np.int64]) -> float:
        return float(np.mean(f1_scores(one[places].tolist(), other[places].tolist(), names)))

    low, high = interval(macro, len(truth))
    classes = ", ".join(f"{each} {score:.2f}" for each, score in zip(names, scores, strict=True))
    right = float(np.mean(one == other))
    print(
        f"{name}: macro-F1 {np.mean(scores):.3f} [{low:.3f}, {high:.3f}], right {right:.1%} of {len(truth)}; {classes}"
    )


def area(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Area under the curve of a score."""
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    glad = int(truth.sum())
    return float((ranks[truth].sum() - glad * (glad + 1) / 2) / (glad * (len(truth) - glad)))


def say_valence(name: str, lines: Sequence[Labelled], valence: Sequence[float]) -> None:
    """Print the area under the curve of valence on BRIGHTER: joy alone against sadness, anger, fear or disgust."""
    rows = []
    for line, value in zip(lines, valence, strict=True):
        bad = any(label in ("sadness", "anger", "fear", "disgust") for label in line.labels)
        if ("joy" in line.labels) != bad:
            rows.append((value, not bad))
    scores, truth = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    low, high = interval(lambda places: area(scores[places], truth[places]), len(rows))
    print(f"{name}: valence AUC {area(scores, truth):.3f} [{low:.3f}, {high:.3f}] of {len(rows)}")


def best(model: TextModel, example: Example, names: Sequence[str] = BASIC) -> str:
    """The likeliest of some feelings."""
    shares = dict(zip(BASIC, model.predict(example.features).shares, strict=True))
    return max(names, key=lambda name: shares[name])


def say_shipped(dataset: Path) -> None:
    """Print how the shipped weights read what they never saw."""
    model = load_text_model()
    own = read_status(ROOT / "tests" / "sensing" / "status_600.tsv")
    examples = [line.example() for line in own]
    say_classes("own 600", [line.labels[0] for line in own], [best(model, each) for each in examples], BASIC)
    say_places(own, [model.predict(each.features) for each in examples])
    read = [read_text(line.text, "id") for line in own]
    told = [each.strongest if each.readable else "netral" for each in read]
    say_classes("own 600, with lexicon, rules and abstaining", [line.labels[0] for line in own], told, BASIC)
    reviews = read_smsa(dataset / "smsa_doc-sentiment-prosa" / "test_preprocess.tsv")
    names = ("positive", "neutral", "negative")
    say_classes("SmSA test", [line.labels[0] for line in reviews], [_polarity(model, line) for line in reviews], names)
    say_emot("EmoT valid, zero-shot", model, dataset)


def say_english(folders: dict[str, Path]) -> None:
    """Print how the shipped English weights read what they never saw."""
    model = load_text_model("en")
    test = [line for line in read_goemotions(folders["goemotions"], "test") if len(line.labels) == 1]
    truth = [BASIC[int(np.argmax(line.shares))] for line in test]
    say_classes("GoEmotions test (one label)", truth, [best(model, line.example()) for line in test], BASIC)
    bank = read_emobank(folders["emobank"], "test")
    print(f"EmoBank test, {len(bank)} lines:")
    say_places(bank, [model.predict(line.example().features) for line in bank])
    lines = [line.spoken("en") for line in read_brighter(folders["brighter"] / "english_train.csv")]
    say_valence("BRIGHTER English, never learned", lines, [read_text(line.text, "en").valence for line in lines])


def say_emot(name: str, model: TextModel, dataset: Path) -> None:
    """Print how a model reads EmoT's validation part, which knows no neutral lines."""
    emot = _emot(dataset, "valid")
    said = [best(model, line.example(), BASIC[:5]) for line in emot]
    say_classes(name, [line.labels[0] for line in emot], said, BASIC[:5])


def say_places(lines: Sequence[Labelled], guesses: Sequence[Guess]) -> None:
    """Print the correlation of valence and arousal with what the lines' writers gave."""
    asked = np.array([(line.valence, line.arousal) for line in lines], dtype=np.float64)
    said = np.array([(guess.valence, guess.arousal) for guess in guesses])
    found = [float(np.corrcoef(said[:, axis], asked[:, axis])[0, 1]) for axis in (0, 1)]
    print(f"  valence r {found[0]:.3f}, arousal r {found[1]:.3f}")


def say_sureness(truth: Sequence[str], guesses: Sequence[Guess]) -> None:
    """Print how often the likeliest feeling is right, by how sure the model was."""
    sure = np.array([max(guess.shares) for guess in guesses])
    said = np.array([BASIC[int(np.argmax(guess.shares))] for guess in guesses])
    right = said == np.array(truth)
    for low in (0.2, 0.4, 0.6, 0.8):
        inside = (sure >= low) & (sure < low + 0.2)
        if inside.any():
            print(f"  {sure[inside].mean():.2f} sure: right {right[inside].mean():.2f} of {inside.sum()}")


def say_out_of_fold(lines: Sequence[Labelled], folds: int, tried: int) -> None:
    """Print how status lines and BRIGHTER are read by models that did not see them."""
    started = time.perf_counter()
    examples = [line.example() for line in lines]
    print(f"{len(lines)} lines; features in {time.perf_counter() - started:.0f} s", flush=True)
    guesses: dict[int, Guess] = {}
    joined: dict[int, float] = {}
    for fold in range(tried):
        held = {place for place, line in enumerate(lines) if place % folds == fold and line.source in OUT_OF_FOLD}
        model = TextModel.fit([each for place, each in enumerate(examples) if place not in held])
        guesses.update({place: model.predict(examples[place].features) for place in sorted(held)})
        joined.update({place: _joined(lines[place].text, examples[place], model) for place in sorted(held)})
        print(f"fold {fold} after {time.perf_counter() - started:.0f} s", flush=True)
    for source in OUT_OF_FOLD:
        places = [place for place in guesses if lines[place].source == source]
        own, said = [lines[place] for place in places], [guesses[place] for place in places]
        if source == "status":
            truth = [line.labels[0] for line in own]
            names = [BASIC[int(np.argmax(guess.shares))] for guess in said]
            say_classes("status lines, out of fold", truth, names, BASIC)
            say_places(own, said)
            say_sureness(truth, said)
        else:
            say_valence("BRIGHTER, out of fold, by the model", own, [guess.valence for guess in said])
            say_valence("BRIGHTER, out of fold, with the lexicon", own, [joined[place] for place in places])


def _joined(text: str, example: Example, model: TextModel) -> float:
    """The valence of a line as `read_text` gives it, by a model that did not see it."""
    return join(read_line(tokenise(text, "id"), "id"), example.features, model).valence


def main() -> None:
    """Print the figures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the unpacked public sets")
    parser.add_argument("--shipped", action="store_true", help="the shipped weights on what they never saw")
    parser.add_argument("--emot-trained", action="store_true", help="the algorithm trained on EmoT")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--tried", type=int, help="so many of the folds (default: all)")
    given = parser.parse_args()
    folders = {name: given.data / name for name in SETS}
    dataset = folders["indonlu_emotion"] / "dataset"
    if given.shipped:
        say_shipped(dataset)
        say_english(folders)
    elif given.emot_trained:
        learned = [line.example() for line in _emot(dataset, "train")]
        say_emot("EmoT valid, trained on EmoT", TextModel.fit(learned), dataset)
    else:
        lines = read_sets(folders, ROOT / "corpora" / "status-lines.tsv")
        say_out_of_fold(lines, given.folds, given.tried or given.folds)


def _polarity(model: TextModel, line: Labelled) -> str:
    shares = dict(zip(BASIC, model.predict(line.example().features).shares, strict=True))
    glad, bad = shares["cinta"] + shares["senang"], shares["marah"] + shares["takut"] + shares["sedih"]
    return max((glad, "positive"), (bad, "negative"), (shares["netral"], "neutral"))[1]


def _emot(dataset: Path, part: str) -> list[Labelled]:
    path = dataset / "emot_emotion-twitter" / f"{part}_preprocess.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Labelled(row["tweet"], "status", shares_of({EMOT[row["label"]]: 1.0}), labels=(EMOT[row["label"]],))
        for row in rows
    ]


if __name__ == "__main__":
    main()
