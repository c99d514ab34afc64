"""Whether a page can be read by everybody: axe-core on it, and its width on a phone.

with opened(chromium, **CALM) as page:
    page.goto(address)
    assert faults(page) == []
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser import PHONE
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

CALM: dict[str, Any] = {"color_scheme": "light", "reduced_motion": "reduce", "bypass_csp": True}
"""How a page is opened for it: axe-core is no script of ours."""


def faults(page: Page) -> list[str]:
    """What axe-core finds at fault, in light by all its rules, in dark by contrast; and a page wider than a phone."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: make web/node_modules/.package-lock.json")
    page.emulate_media(color_scheme="light")
    found = _problems(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in _problems(page, "color-contrast")]
    width = page.evaluate("document.documentElement.scrollWidth")
    return [*found, f"{width} px wide"] if width > PHONE["width"] else found


def _problems(page: Page, rules: str = "") -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    options = {"resultTypes": ["violations"], **({"runOnly": rules.split()} if rules else {})}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]
