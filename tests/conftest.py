"""Settings of every test: examples have no deadline, because a shared machine may be slow for a moment."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("senandung", deadline=None)
settings.load_profile("senandung")
