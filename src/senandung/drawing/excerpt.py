"""Some bars of music engraved for a page: an SVG of their own height, with no heading."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_OPTIONS: dict[str, Any] = {
    "header": "none", "footer": "none", "adjustPageHeight": True, "pageWidth": 1500, "pageHeight": 60000,
    "pageMarginTop": 20, "pageMarginBottom": 20, "pageMarginLeft": 20, "pageMarginRight": 20, "scale": 100,
    "unit": 9.0, "breaks": "auto", "svgViewBox": True, "svgHtml5": False, "xmlIdSeed": 7, "mnumInterval": 0,
}  # fmt: skip


def engrave_excerpt(musicxml: str, number: int = 0) -> str:
    """Some bars as one SVG without heading, as high as they need.

    Parameters
    ----------
    musicxml : a score-partwise document as text.
    number : of the excerpt on its page, so that identifiers differ; "" is returned for what cannot be engraved.
    """
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    verovio.setDefaultResourcePath(str(Path(verovio.__file__).parent / "data"))
    toolkit = verovio.toolkit()
    toolkit.setOptions({**_OPTIONS, "xmlIdSeed": 7 + number})
    # A tempo's note sign has no letters of its own in the page, so viewers put the rest of it where they like.
    untimed = re.sub(r"<direction\b(?:(?!</direction>).)*<metronome.*?</direction>", "", musicxml, flags=re.DOTALL)
    if not toolkit.loadData(untimed):
        return ""
    page = toolkit.renderToSVG(1)
    return str(page[max(page.find("<svg"), 0) :])
