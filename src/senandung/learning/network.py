"""The composer's network: a decoder with rotary positions, RMS norms, grouped queries and tied embeddings.

With each token come the numbers of `composing.pieces.follow`: their embeddings are added to the token's. The style
among them also sets how far every norm opens each number of the stream, so that a composer's name reaches all layers
and is not drowned by the bars before (FiLM: Perez et al. 2018, arXiv:1709.07871; scales everywhere, a shift before
the logits).

Rotary positions: Su et al. (2021), arXiv:2104.09864. RMS norm: Zhang & Sennrich (2019), arXiv:1910.07467. Grouped
queries: Ainslie et al. (2023), arXiv:2305.13245. Gated feed-forward: Shazeer (2020), arXiv:2002.05202.
Only this folder imports torch; what it writes is decoded without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from senandung.composing.pieces.follow import FEATURES, SLOT_SIZES, STYLE_SLOT
from senandung.composing.pieces.vocabulary import SIZE
from senandung.domain.checks import require


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes: `width` of the stream, `layers`, query `heads` and `key_heads`, `hidden` of the feed-forward."""

    width: int
    layers: int
    heads: int
    key_heads: int
    hidden: int
    dropout: float = 0.1
    vocabulary: int = SIZE
    features: int = FEATURES
    styles: int = SLOT_SIZES["style"]
    rope_base: float = 10_000.0

    def __post_init__(self) -> None:
        require(self.width % (2 * self.heads) == 0, "the width must be an even multiple of the heads", self.width)
        require(self.heads % self.key_heads == 0, "heads must be a multiple of key heads", self.key_heads)

    def plain(self) -> dict[str, Any]:
        """As plain values; `NetworkConfig(**plain)` is its inverse."""
        return asdict(self)


CONFIGS: Mapping[str, NetworkConfig] = MappingProxyType(
    {
        "tiny": NetworkConfig(width=96, layers=3, heads=3, key_heads=1, hidden=256, dropout=0.0),
        "small": NetworkConfig(width=256, layers=6, heads=4, key_heads=2, hidden=704, dropout=0.05),
        "full": NetworkConfig(width=384, layers=8, heads=6, key_heads=2, hidden=1024, dropout=0.15),
    }
)
"""tiny for a rehearsal (.8 M parameters), small for a CPU (5.9 M), full for a GPU (15 M)."""


class _Norm(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Any, opened: Any) -> Any:
        return functional.rms_norm(x, (x.shape[-1],), None, 1e-5) * (self.weight + opened)


class _Layer(nn.Module):
    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        size = config.width // config.heads
        self.attention_norm = _Norm(config.width)
        self.queries = nn.Linear(config.width, config.width, bias=False)
        self.keys = nn.Linear(config.width, config.key_heads * size, bias=False)
        self.values = nn.Linear(config.width, config.key_heads * size, bias=False)
        self.joined = nn.Linear(config.width, config.width, bias=False)
        self.forward_norm = _Norm(config.width)
        self.gate = nn.Linear(config.width, config.hidden, bias=False)
        self.up = nn.Linear(config.width, config.hidden, bias=False)
        self.down = nn.Linear(config.hidden, config.width, bias=False)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Any, turns: Any, opened: Any) -> Any:
        batch, length, width = x.shape
        config = self.config
        size = width // config.heads
        seen = self.attention_norm(x, opened[0])
        queries = _turned(self.queries(seen).view(batch, length, config.heads, size).transpose(1, 2), turns)
        keys = _turned(self.keys(seen).view(batch, length, config.key_heads, size).transpose(1, 2), turns)
        values = self.values(seen).view(batch, length, config.key_heads, size).transpose(1, 2)
        repeats = config.heads // config.key_heads
        mixed = functional.scaled_dot_product_attention(
            queries, keys.repeat_interleave(repeats, 1), values.repeat_interleave(repeats, 1), is_causal=True
        )
        x = x + self.dropout(self.joined(mixed.transpose(1, 2).reshape(batch, length, width)))
        seen = self.forward_norm(x, opened[1])
        return x + self.dropout(self.down(functional.silu(self.gate(seen)) * self.up(seen)))


def _turned(x: Any, turns: Any) -> Any:
    """Rotary positions; the halves of a head are the pairs."""
    cosine, sine = turns
    one, two = x.chunk(2, dim=-1)
    return torch.cat([one * cosine - two * sine, two * cosine + one * sine], dim=-1).to(x.dtype)


class Composer(nn.Module):
    """The network: tokens, shape (batch, length), and features, (batch, length, SLOTS), to logits, (batch, length,
    vocabulary)."""

    def __init__(self, config: NetworkConfig, *, seed: int = 1) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.known = nn.Embedding(config.features, config.width)
        self.styles = nn.Embedding(config.styles, (2 * config.layers + 2) * config.width)
        self.layers = nn.ModuleList(_Layer(config) for _ in range(config.layers))
        self.norm = _Norm(config.width)
        self.dropout = nn.Dropout(config.dropout)
        generator = torch.Generator().manual_seed(seed)
        deep = 0.02 / (2 * config.layers) ** 0.5
        with torch.no_grad():
            for name, parameter in sorted(self.named_parameters()):
                if name == "styles.weight":
                    parameter.zero_()
                elif parameter.dim() == 2:
                    spread = deep if name.endswith(("joined.weight", "down.weight")) else 0.02
                    parameter.normal_(0.0, spread, generator=generator)

    def forward(self, tokens: Any, features: Any) -> Any:
        """Logits of the token after each one."""
        return functional.linear(self.states(tokens, features), self.embedding.weight)

    def states(self, tokens: Any, features: Any) -> Any:
        """The last hidden states, shape (batch, length, width)."""
        batch, length, slots = features.shape
        known = functional.embedding_bag(features.reshape(batch * length, slots), self.known.weight, mode="sum")
        x = self.dropout(self.embedding(tokens) + known.view(batch, length, -1))
        turns = self._turns(length, x.device)
        # the numbers of the first slot are those of the style: its offset is 0
        of_style = self.styles(features[:, :, STYLE_SLOT]).to(x.dtype).chunk(2 * self.config.layers + 2, dim=-1)
        for index, layer in enumerate(self.layers):
            x = layer(x, turns, of_style[2 * index : 2 * index + 2])
        return self.norm(x, of_style[-2]) + of_style[-1]

    def _turns(self, length: int, device: Any) -> Any:
        half = self.config.width // self.config.heads // 2
        rates = self.config.rope_base ** (-torch.arange(half, device=device, dtype=torch.float32) / half)
        angles = torch.arange(length, device=device, dtype=torch.float32)[:, None] * rates
        return angles.cos(), angles.sin()


def count_parameters(model: Composer) -> int:
    """How many numbers are learnt; the tied embedding counts once."""
    return sum(parameter.numel() for parameter in model.parameters())


def to_arrays(model: Composer, kind: str = "float16") -> dict[str, NDArray[Any]]:
    """The weights as numpy arrays. Inverse of `load_arrays`, up to rounding to `kind`."""
    return {name: value.detach().float().cpu().numpy().astype(kind) for name, value in model.state_dict().items()}


def load_arrays(model: Composer, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Put weights into a network."""
    model.load_state_dict({name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()})
