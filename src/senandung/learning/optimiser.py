"""Two optimisers as one: Muon for the matrices of the layers, AdamW for embeddings and norms.

Muon: Jordan et al. (2024), "Muon: an optimizer for hidden layers in neural networks"; torch's own is used. On this
network it needed a fifth of AdamW's steps for the same loss at the start (docs/training.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn


class Optimisers:
    """Muon and AdamW, stepped together; their rates are given as shares of the full ones."""

    def __init__(
        self,
        parameters: Iterable[tuple[str, nn.Parameter]],
        *,
        matrix_rate: float,
        other_rate: float,
        weight_decay: float,
    ) -> None:
        named = list(parameters)
        matrices = [p for name, p in named if p.dim() == 2 and name.startswith("layers.")]
        tables = [p for name, p in named if p.dim() == 2 and not name.startswith("layers.")]
        norms = [p for _, p in named if p.dim() != 2]
        groups = [{"params": tables, "weight_decay": weight_decay}, {"params": norms, "weight_decay": 0.0}]
        self.rates = (matrix_rate, other_rate)
        self.parts = (
            torch.optim.Muon(matrices, lr=matrix_rate, momentum=0.95, weight_decay=weight_decay),
            torch.optim.AdamW(groups, lr=other_rate, betas=(0.9, 0.95)),
        )

    def step(self, share: float) -> None:
        """One step at a share, in 0..1, of the full rates."""
        for part, rate in zip(self.parts, self.rates, strict=True):
            for group in part.param_groups:
                group["lr"] = rate * share
            part.step()

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def state_dict(self) -> list[Any]:
        """The state of both. Inverse of `load_state_dict`."""
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states: list[Any]) -> None:
        """Go on from a state."""
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)
