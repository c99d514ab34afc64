"""How well a network foretells held-out works: nats a note beside the n-gram, and the gate before a long training.

The gate (asked of a network before it is trained long): the cost of a pitch falls along the window and from the first
track of a bar to the later ones, and a header that names another style costs clearly more than .01 nats a note.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from senandung.composing.pieces.vocabulary import BARS_LEFT, COMPOSERS, IDS
from senandung.learning.network import Composer
from senandung.learning.ngram import TokenNgram
from senandung.learning.pack import Packed
from senandung.learning.windows import KIND_OF, KINDS, Batch, held_out_windows, is_note, track_order, tracks_of_bar

BAR_TOKENS = tuple(IDS[f"bar:{edge}"] for edge in BARS_LEFT)
"""The bars left are given and not foretold: a bar token is scored as any of these."""

Nats = NDArray[np.float64]
Measure = Callable[[Batch], Nats]

_STYLES = {IDS[f"style:{name}"] for name in COMPOSERS}


def network_nats(model: Composer, batch: Batch, *, device: str = "cpu") -> Nats:
    """-log P of each token that follows, shape (windows, length); 0 where none is wanted."""
    model.eval()
    bars = torch.tensor(BAR_TOKENS, device=device)
    rows = 4 if device == "cpu" else 16
    found = []
    with torch.inference_mode(), torch.autocast(device, dtype=torch.bfloat16, enabled=device != "cpu"):
        for start in range(0, len(batch.tokens), rows):
            tokens = torch.from_numpy(batch.tokens[start : start + rows]).to(device)
            targets = tokens[:, 1:]
            features = torch.from_numpy(batch.features[start : start + rows]).to(device).long()
            scores = torch.log_softmax(model(tokens[:, :-1], features).float(), dim=-1)
            picked = scores.gather(-1, targets[..., None])[..., 0]
            any_bar = torch.logsumexp(scores[..., bars], dim=-1)
            picked = torch.where(torch.isin(targets, bars), any_bar, picked)
            found.append(-picked.double().cpu().numpy())
    return np.concatenate(found) * batch.wanted


def ngram_nats(ngram: TokenNgram, batch: Batch) -> Nats:
    """As `network_nats`, by the n-gram."""
    nats = ngram.nats(batch.tokens)
    total = np.zeros(nats.shape)
    for token in BAR_TOKENS:
        total += ngram.probabilities(batch.tokens, np.full(nats.shape, token, dtype=np.int64))
    is_bar = np.isin(batch.tokens[:, 1:], BAR_TOKENS)
    return np.where(is_bar, -np.log(np.maximum(total, 1e-12)), nats) * batch.wanted


def windows_by_set(sets: Mapping[str, Packed], length: int, most: int, *, seed: int = 1) -> dict[str, Batch]:
    """The held-out windows of each set that are measured."""
    return {name: held_out_windows(packed, length, most, seed=seed) for name, packed in sets.items() if packed.pieces}


def table(windows: Mapping[str, Batch], measures: Mapping[str, Measure]) -> list[dict[str, Any]]:
    """Nats a note of each set by each measure, and of pitch, time (pos and len) and track tokens by each."""
    rows = []
    totals: dict[str, float] = {}
    for name, batch in windows.items():
        targets = batch.tokens[:, 1:]
        notes = int((is_note(targets) & batch.wanted).sum())
        row: dict[str, Any] = {"set": name, "windows": len(targets), "notes": notes}
        row["tokens_per_note"] = round(float(batch.wanted.sum()) / max(notes, 1), 3)
        for label, measure in measures.items():
            nats = measure(batch)
            row[label] = round(float(nats.sum()) / max(notes, 1), 3)
            totals[label] = totals.get(label, 0.0) + float(nats.sum())
            for part, kinds in _PARTS.items():
                chosen = np.isin(KIND_OF[targets], [KINDS.index(kind) for kind in kinds]) & batch.wanted
                row[f"{label} {part}"] = round(float(nats[chosen].sum()) / max(notes, 1), 3)
                key = f"{label} {part}"
                totals[key] = totals.get(key, 0.0) + float(nats[chosen].sum())
        rows.append(row)
    notes = sum(row["notes"] for row in rows)
    rows.append(
        {"set": "all", "notes": notes, **{key: round(value / max(notes, 1), 3) for key, value in totals.items()}}
    )
    return rows


_PARTS = {
    "pitch": ("pitch", "mate", "drum"), "time": ("pos", "len"), "track": ("track", "bar", "end"), "chord": ("chord",),
}  # fmt: skip


def _wanted_pitches(batch: Batch) -> NDArray[np.bool_]:
    kinds = KIND_OF[batch.tokens[:, 1:]]
    found: NDArray[np.bool_] = np.isin(kinds, [KINDS.index("pitch"), KINDS.index("mate")])
    return np.logical_and(found, batch.wanted)


def gate(windows: Mapping[str, Batch], measure: Measure, *, seed: int = 1) -> dict[str, Any]:
    """Pitch nats by place in the window and by track, and what a swapped style costs, in nats a note.

    Places are compared in windows that are full, tracks in bars where at least three play: else sets with short pieces
    would speak for the first places, and tunes for the first track.
    """
    rng = np.random.default_rng(seed)
    places: dict[str, list[float]] = {}
    orders: dict[str, list[float]] = {}
    swaps = []
    for batch in windows.values():
        targets = batch.tokens[:, 1:]
        nats = measure(batch)
        pitch = _wanted_pitches(batch)
        order = track_order(batch.tokens)[:, 1:]
        in_three = pitch & (tracks_of_bar(batch.tokens)[:, 1:] >= 3)
        width = targets.shape[1] // 8
        full = np.any(batch.wanted[:, -width:], axis=1, keepdims=True)
        for part in range(8):
            here = np.zeros(pitch.shape, dtype=np.bool_)
            here[:, part * width : (part + 1) * width] = True
            _add(places, f"{part * width}-{(part + 1) * width}", nats, pitch & here & full)
        for track in range(1, 7):
            _add(orders, str(track), nats, in_three & (order == track))
        swapped = batch.tokens.copy()
        rows = [row for row in range(len(swapped)) if int(swapped[row, 1]) in _STYLES]
        for row in rows:
            swapped[row, 1] = rng.choice(sorted(_STYLES - {int(swapped[row, 1])}))
        if rows:
            part_batch = Batch.of(swapped[rows], batch.wanted[rows])
            notes = int((is_note(targets[rows]) & batch.wanted[rows]).sum())
            swaps.append((float(measure(part_batch).sum() - nats[rows].sum()), notes))
    by_place = {key: _mean(value) for key, value in places.items() if value[1]}
    by_order = {key: _mean(value) for key, value in orders.items() if value[1]}
    swap = sum(cost for cost, _ in swaps) / max(sum(notes for _, notes in swaps), 1)
    ordered = list(by_place.values())
    falls = len(ordered) >= 4 and sum(ordered[-2:]) < sum(ordered[1:3])
    tracks_fall = "1" in by_order and "3" in by_order and by_order["3"] < by_order["1"]
    return {
        "pitch nats by place in window": by_place,
        "pitch nats by track of the bar": by_order,
        "nats a note of a swapped style": round(swap, 4),
        "passes": {"along the window": falls, "by track": tracks_fall, "style": swap > 0.01},
    }


def _add(found: dict[str, list[float]], key: str, nats: Nats, chosen: NDArray[np.bool_]) -> None:
    row = found.setdefault(key, [0.0, 0.0])
    row[0] += float(nats[chosen].sum())
    row[1] += float(chosen.sum())


def _mean(row: list[float]) -> float:
    return round(row[0] / row[1], 4)


def as_markdown(rows: list[dict[str, Any]], labels: tuple[str, ...]) -> str:
    """The table as Markdown: a row a set, nats a note by each label, with the share of pitches."""
    lines = [
        "| set | notes | tokens a note | " + " | ".join(f"{label} | of it pitch, time" for label in labels) + " |",
        "|" + "---|" * (3 + 2 * len(labels)),
    ]
    for row in rows:
        cells = [row["set"], str(row["notes"]), str(row.get("tokens_per_note", ""))]
        for label in labels:
            cells += [f"{row[label]:.2f}", f"{row[f'{label} pitch']:.2f}, {row[f'{label} time']:.2f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
