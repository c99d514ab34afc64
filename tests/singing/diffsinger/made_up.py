"""A made-up DiffSinger voicebank: its spectrogram says which phoneme is sung and how, its vocoder hums at the pitch.

The acoustic model spreads its tokens over their frames: bin 0 of the spectrogram is 0 in silence and 1 in all else, bin
1 the token's number; where it asks for more, bin 2 and on are those inputs, a frame each.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from singing.diffsinger.onnx_writer import Graph

BINS, HOP, RATE = 16, 512, 44_100

PHONEMES = (
    "<PAD>", "AP", "SP", "a", "i", "u", "e", "o", "ax", "p", "b", "t", "d", "k", "g", "q", "ch", "j", "m", "n", "ny",
    "ng", "l", "r", "w", "y", "s", "h",
)  # fmt: skip

CURVES = ("gender", "velocity", "energy", "breathiness", "voicing", "tension")


def make_bank(
    folder: Path,
    *,
    asks: Sequence[str] = (),
    phonemes: Sequence[str] | Mapping[str, int] = PHONEMES,
    config: Mapping[str, object] = {},
    noise: bool = False,
    vocoder_folder: str = "dsvocoder",
    mel_base: str = "10",
    rate: int = RATE,
) -> Path:
    """A bank whose acoustic model also `asks` for the inputs of those names; with `noise` its spectrogram has some."""
    folder.mkdir(parents=True)
    (folder / "acoustic.onnx").write_bytes(acoustic(asks, noise=noise))
    names = "phonemes.json" if isinstance(phonemes, Mapping) else "phonemes.txt"
    text = json.dumps(phonemes) if isinstance(phonemes, Mapping) else "\n".join(phonemes) + "\n"
    (folder / names).write_text(text, encoding="utf-8")
    (folder / "character.txt").write_text("name=Suara Coba\n", encoding="utf-8")
    fields = {
        "acoustic": "acoustic.onnx",
        "vocoder": "made_up_hifigan",
        "phonemes": names,
        "sample_rate": rate,
        **config,
    }
    lines = [f"{key}: {json.dumps(value)}" for key, value in fields.items()]
    (folder / "dsconfig.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    vocoder = folder / vocoder_folder
    vocoder.mkdir(parents=True)
    (vocoder / "vocoder.yaml").write_text(
        f"name: made_up_hifigan\nmodel: hum.onnx\nnum_mel_bins: {BINS}\nhop_size: {HOP}\nsample_rate: {rate}\n"
        f"mel_base: '{mel_base}'\n",
        encoding="utf-8",
    )
    (vocoder / "hum.onnx").write_bytes(hum(rate))
    return folder


def acoustic(asks: Sequence[str], *, noise: bool) -> bytes:
    """Tokens and durations spread over the frames of f0: a spectrogram, shape (1, frames, BINS)."""
    graph = Graph()
    graph.input("tokens", "int64", (1, "tokens"))
    graph.input("durations", "int64", (1, "tokens"))
    graph.input("f0", "float32", (1, "frames"))
    for name in asks:
        if name in ("speedup", "steps"):
            graph.input(name, "int64", (1,))
        elif name == "depth":
            graph.input(name, "float32", ())
        elif name == "languages":
            graph.input(name, "int64", (1, "tokens"))
        elif name == "spk_embed":
            graph.input(name, "float32", (1, "frames", 4))
        else:
            graph.input(name, "float32", (1, "frames"))
    zero, one = graph.constant("zero", np.array(0)), graph.constant("one", np.array(1))
    first, last = graph.constant("first", np.array([0])), graph.constant("last", np.array([1]))
    length = graph.node("Squeeze", graph.node("Shape", "f0", start=1))
    frames = graph.node("Unsqueeze", graph.node("Range", zero, length, one), last)
    ends = graph.node("CumSum", "durations", graph.constant("axis", np.array(1)))
    passed = graph.node("Cast", graph.node("GreaterOrEqual", frames, ends), to=7)
    place = graph.node("ReduceSum", passed, last, keepdims=0)
    token = graph.node("Gather", graph.node("Squeeze", "tokens", first), place)
    silent = graph.node("Equal", token, graph.constant("silence", np.array(2)))
    on = graph.node("Cast", graph.node("Not", silent), to=1)
    rows = [on, graph.node("Cast", token, to=1)]
    for name in asks:
        if name == "languages":
            rows.append(graph.node("Cast", graph.node("Gather", graph.node("Squeeze", name, first), place), to=1))
        elif name == "spk_embed":
            summed = graph.node("ReduceSum", name, graph.constant("hidden", np.array([2])), keepdims=0)
            rows.append(graph.node("Squeeze", summed, first))
        elif name in ("speedup", "steps", "depth"):
            number = graph.node("Cast", name, to=1)
            still = graph.node("Mul", on, graph.constant(f"none {name}", np.zeros(1, dtype=np.float32)))
            rows.append(graph.node("Add", still, number))
        else:
            rows.append(graph.node("Squeeze", name, first))
    while len(rows) < BINS:
        rows.append(rows[0])
    columns = [graph.node("Unsqueeze", row, last) for row in rows]
    mel = graph.node("Unsqueeze", graph.node("Concat", *columns, axis=1), first)
    if noise:
        mel = graph.node("Add", mel, graph.node("RandomNormalLike", mel, scale=0.1))
    graph.node("Identity", mel, called="mel")
    graph.output("mel", "float32", (1, "frames", BINS))
    return graph.to_bytes()


def add_variance(folder: Path, guesses: Sequence[str], *, hop: int = HOP) -> None:
    """Variance models in a bank: what its linguistic model reads is what the other gives back.

    energy: the pitch less a hundred; breathiness: less what the word's number of frames is; others: the token's number.
    """
    own = folder / "dsvariance"
    own.mkdir(exist_ok=True)
    lines = [*PHONEMES[:2], "SP", "x0", "x1", *PHONEMES[3:]]  # other numbers than the acoustic model's
    (own / "phonemes.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (own / "linguistic.onnx").write_bytes(linguistic())
    (own / "variance.onnx").write_bytes(variance(guesses))
    fields = {"linguistic": "linguistic.onnx", "variance": "variance.onnx", "hop_size": hop,
              **{f"predict_{name}": True for name in guesses}}  # fmt: skip
    text = "".join(f"{key}: {json.dumps(value)}\n" for key, value in fields.items())
    (own / "dsconfig.yaml").write_text(text, encoding="utf-8")


def linguistic() -> bytes:
    """Of each token its number and the frames of its word, shape (1, tokens, 2)."""
    graph = Graph()
    for name, length in (("tokens", "tokens"), ("word_div", "words"), ("word_dur", "words")):
        graph.input(name, "int64", (1, length))
    zero, one, axis = (graph.constant(f"number {value}", np.array(value)) for value in (0, 1, 2))
    first, last = graph.constant("first", np.array([0])), graph.constant("last", np.array([1]))
    length = graph.node("Squeeze", graph.node("Shape", "tokens", start=1))
    places = graph.node("Unsqueeze", graph.node("Range", zero, length, one), last)
    ends = graph.node("CumSum", "word_div", one)
    passed = graph.node("Cast", graph.node("GreaterOrEqual", places, ends), to=7)
    word = graph.node("ReduceSum", passed, last, keepdims=0)
    lasting = graph.node("Unsqueeze", graph.node("Gather", graph.node("Squeeze", "word_dur", first), word), first)
    last_axis = graph.node("Unsqueeze", axis, first)
    columns = [graph.node("Unsqueeze", graph.node("Cast", row, to=1), last_axis) for row in ("tokens", lasting)]
    graph.node("Concat", *columns, axis=2, called="encoder_out")
    graph.output("encoder_out", "float32", (1, "tokens", 2))
    return graph.to_bytes()


def variance(guesses: Sequence[str]) -> bytes:
    """The curves of `add_variance`, shape (1, frames)."""
    graph = Graph()
    graph.input("encoder_out", "float32", (1, "tokens", 2))
    graph.input("ph_dur", "int64", (1, "tokens"))
    graph.input("pitch", "float32", (1, "frames"))
    graph.input("retake", "bool", (1, "frames", len(guesses)))
    graph.input("speedup", "int64", (1,))
    zero, one = graph.constant("zero", np.array(0)), graph.constant("one", np.array(1))
    last = graph.constant("last", np.array([1]))
    length = graph.node("Squeeze", graph.node("Shape", "pitch", start=1))
    frames = graph.node("Unsqueeze", graph.node("Range", zero, length, one), last)
    passed = graph.node("Cast", graph.node("GreaterOrEqual", frames, graph.node("CumSum", "ph_dur", one)), to=7)
    place = graph.node("ReduceSum", passed, last, keepdims=0)
    spread = graph.node("Gather", "encoder_out", place, axis=1)
    hundred = graph.constant("hundred", np.array([100], dtype=np.float32))
    token, lasting = (graph.node("Gather", spread, at, axis=2) for at in (zero, one))
    curves = {"energy": graph.node("Sub", "pitch", hundred), "breathiness": graph.node("Neg", lasting)}
    for name in guesses:
        graph.node("Identity", curves.get(name, token), called=f"{name}_pred")
        graph.output(f"{name}_pred", "float32", (1, "frames"))
    return graph.to_bytes()


def hum(rate: int) -> bytes:
    """A sine at the pitch, as loud as the spectrogram's bin 0."""
    graph = Graph()
    graph.input("mel", "float32", (1, "frames", BINS))
    graph.input("f0", "float32", (1, "frames"))
    last = graph.constant("last", np.array([2]))
    flat = graph.constant("flat", np.array([1, -1]))
    held = graph.constant("held", np.ones((1, 1, HOP), dtype=np.float32))
    pitch = graph.node("Reshape", graph.node("Mul", graph.node("Unsqueeze", "f0", last), held), flat)
    turns = graph.node("CumSum", pitch, graph.constant("axis", np.array(1)))
    turned = graph.node("Mul", turns, graph.constant("turn", np.array(2 * np.pi / rate, dtype=np.float32)))
    bin0 = graph.node("Gather", "mel", graph.constant("bin", np.array([0])), axis=2)
    loud = graph.node("Reshape", graph.node("Mul", bin0, held), flat)
    graph.node("Mul", graph.node("Sin", turned), loud, called="waveform")
    graph.output("waveform", "float32", (1, "samples"))
    return graph.to_bytes()
