"""The network's own style row for a person's music: with torch, in minutes, on a CPU.

A style sets how far every norm opens each number of the stream, and what is added to the last (`learning.network`).
Only that row is trained (a few thousand numbers), from the ground's on; all else stays as it is. It is read without
torch: `composing.own.adapted` puts it in the place of the ground's row.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from senandung.composing.catalogue import choose
from senandung.composing.decoding.engine_weights import Weights
from senandung.composing.pieces.follow import STYLE_SLOT
from senandung.composing.pieces.vocabulary import IDS
from senandung.learning.network import Composer, NetworkConfig, load_arrays
from senandung.learning.own.marginals import Window, spread, windows_of
from senandung.learning.own.read import OwnWork

RATE, DECAY = 3e-3, 0.02
"""Step of AdamW, and how strongly the row is held at the ground's."""

MOST_EPOCHS, PATIENCE = 12, 2
"""Readings of all windows at most, and readings without a gain after which it ends."""

WINDOW, MOST_TOKENS = 512, 12_000
"""Tokens of a window, and of all windows that are trained on."""

LONGEST = 240.0
"""Seconds after which a reading is broken off, and none is begun."""


@dataclass(frozen=True)
class Adapted:
    """A trained row, and -log P a token on the windows that were kept apart, before and after each reading."""

    arrays: dict[str, NDArray[np.float32]]
    nats: tuple[float, ...]


def network_of(weights: Weights) -> Composer:
    """The torch network of the weights that are shipped."""
    sizes = weights.sizes
    config = NetworkConfig(
        width=sizes.width, layers=sizes.layers, heads=sizes.heads, key_heads=sizes.key_heads, hidden=sizes.hidden,
        dropout=0.0, vocabulary=sizes.vocabulary, features=sizes.features, styles=sizes.styles,
        rope_base=sizes.rope_base,
    )  # fmt: skip
    model = Composer(config)
    load_arrays(model, {name: weights.floats(name) for name in sizes.shapes()})
    model.eval()
    return model


def adapt(
    weights: Weights,
    style: str,
    windows: Sequence[Window],
    apart: Sequence[Window],
    *,
    seed: int = 1,
    progress: Callable[[str, float], None] | None = None,
    stop: Callable[[dict[str, NDArray[np.float32]]], bool] | None = None,
) -> Adapted:
    """Train the row of a style on windows until those kept apart are foretold no better.

    Parameters
    ----------
    weights : the shipped network.
    style : the token of the ground.
    windows, apart : what is trained on, and what is listened to only.
    seed : of the order.
    stop : is shown the row after each reading; True ends the training, and the row before is kept.
    """
    torch.manual_seed(seed)
    model = network_of(weights)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    number = IDS[f"style:{style}"] - IDS["style:any"]
    start = [model.styles.weight[number].clone(), model.known.weight[number].clone()]
    rows = [each.clone().requires_grad_(True) for each in start]
    optimiser = torch.optim.AdamW(rows, lr=RATE, weight_decay=0.0)
    rng = np.random.default_rng(seed)
    began = time.monotonic()
    best = [copy.deepcopy(row.detach()) for row in rows]
    nats = [_loss_of(model, rows, number, apart or windows)]
    for epoch in range(MOST_EPOCHS):
        for place, at in enumerate(rng.permutation(len(windows))):
            if progress is not None:
                progress("training the style", (epoch + place / len(windows)) / MOST_EPOCHS)
            optimiser.zero_grad()
            loss = _loss(model, rows, number, windows[int(at)])
            held = sum(((row - begun) ** 2).sum() for row, begun in zip(rows, start, strict=True))
            (loss + DECAY * held).backward()
            optimiser.step()
            if time.monotonic() - began > LONGEST:
                break
        now = _loss_of(model, rows, number, apart or windows)
        if now < min(nats):
            found = _arrays(rows)
            if stop is not None and stop(found):
                break
            best = [row.detach().clone() for row in rows]
        nats.append(now)
        if len(nats) - 1 - int(np.argmin(nats)) >= PATIENCE or time.monotonic() - began > LONGEST:
            break
    return Adapted(_arrays(best), tuple(round(each, 4) for each in nats))


def _arrays(rows: Sequence[Any]) -> dict[str, NDArray[np.float32]]:
    names = ("styles", "known")
    return {name: row.detach().numpy().astype(np.float32).copy() for name, row in zip(names, rows, strict=True)}


def _loss_of(model: Composer, rows: Sequence[Any], number: int, windows: Sequence[Window]) -> float:
    with torch.no_grad():
        counts = [sum(window.learnt) for window in windows]
        lost = [float(_loss(model, rows, number, window)) for window in windows]
    return float(np.average(lost, weights=counts))


def _loss(model: Composer, rows: Sequence[Any], number: int, window: Window) -> Any:
    """-log P a token of a window under the style's row."""
    tokens = torch.tensor([window.tokens])
    features = torch.tensor(window.features)[None].clone()
    headed = torch.arange(len(window.tokens)) >= 1
    tokens[0, 1] = IDS["style:any"] + number
    features[0, :, STYLE_SLOT] = torch.where(headed, number, 0)
    styles, known = rows
    tables = {
        "styles.weight": torch.cat([model.styles.weight[:number], styles[None], model.styles.weight[number + 1 :]]),
        "known.weight": torch.cat([model.known.weight[:number], known[None], model.known.weight[number + 1 :]]),
    }
    logits = torch.func.functional_call(model, tables, (tokens, features))[0]
    wanted = torch.tensor(window.tokens[1:])
    learnt = torch.tensor(window.learnt[1:])
    return functional.cross_entropy(logits[:-1][learnt], wanted[learnt])


def train_row(
    works: Sequence[OwnWork],
    ground: str,
    weights: Weights,
    *,
    seed: int = 1,
    stop: Callable[[dict[str, NDArray[np.float32]]], bool] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> tuple[dict[str, NDArray[np.float32]], list[float]]:
    """The row of a style for a person's works, and -log P a token on every fourth window, which it is not trained on.

    No arrays where the row foretells those windows no better than the ground's own.
    """
    windows = [window for work in works for piece in work.pieces for window in windows_of(piece, WINDOW)]
    apart = windows[3::4]
    kept = spread([window for at, window in enumerate(windows) if at % 4 != 3], MOST_TOKENS)
    if not apart:
        return {}, []
    made = adapt(weights, next(iter(choose(ground).weights)), kept, spread(apart, MOST_TOKENS // 3), seed=seed,
                 stop=stop, progress=progress)  # fmt: skip
    return (made.arrays if min(made.nats) < made.nats[0] else {}), list(made.nats)
