"""Settings of every test: no example is too slow, because a shared machine may be slow for a moment.

What the person who runs the tests has kept is neither read nor touched.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from hypothesis import HealthCheck, settings

settings.register_profile("senandung", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("senandung")

_KEPT = tempfile.mkdtemp(prefix="senandung-kept-")
atexit.register(shutil.rmtree, _KEPT, ignore_errors=True)
os.environ["SENANDUNG_KEPT"] = f"{_KEPT}/kept"
os.environ["SENANDUNG_STYLES"] = f"{_KEPT}/styles"
