"""Making XML elements."""

from __future__ import annotations

import re
from typing import Any

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def child(parent: Any, tag: str, content: str | None = None, **attributes: str) -> Any:
    """A new last child of `parent`. Characters that XML 1.0 forbids are left out of `content`."""
    from lxml import etree

    element = etree.SubElement(parent, tag, attrib=attributes)
    if content is not None:
        element.text = _FORBIDDEN.sub("", content)
    return element
