"""Makes the made-up songs of `tests/performing` importable."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "performing"))
