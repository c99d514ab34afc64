"""Self-similarity of bars as a picture: what returns stands beside the diagonal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require
from senandung.drawing.figure import GRID, INK, PAPER, SOFT, new_figure, plain_text, save_figure


def save_similarity(matrices: Mapping[str, NDArray[np.float64]], path: Path, *, columns: int = 4) -> None:
    """Write a PNG with a panel for each matrix: dark where two bars are alike.

    Parameters
    ----------
    matrices : similarities of bars, 0..1, each of shape (bars, bars), by the title of its panel.
    path : the file to write.
    columns : panels side by side.
    """
    require(bool(matrices), "a picture of self-similarity must have a panel", len(matrices))
    for title, matrix in matrices.items():
        square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] > 0
        require(square, f"the similarity of {title!r} must be square", matrix.shape)
    from matplotlib.colors import LinearSegmentedColormap

    wide = min(columns, len(matrices))
    high = -(-len(matrices) // wide)
    figure = new_figure(0.4 + 2.9 * wide, 0.3 + 3.2 * high)
    colours = LinearSegmentedColormap.from_list("paper to ink", (PAPER, GRID, SOFT, INK))
    for index, (title, matrix) in enumerate(matrices.items()):
        box = figure.add_subplot(high, wide, index + 1)
        bars = len(matrix)
        box.imshow(matrix, cmap=colours, vmin=0.0, vmax=1.0, extent=(0.5, bars + 0.5, bars + 0.5, 0.5))
        box.set_title(plain_text(title), fontsize=9, color=INK)
        box.tick_params(labelsize=7, colors=SOFT, length=2)
        for side in box.spines.values():
            side.set_color(GRID)
    figure.subplots_adjust(left=0.06, right=0.98, top=0.92, bottom=0.06, wspace=0.22, hspace=0.25)
    save_figure(figure, path)
