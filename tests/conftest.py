"""Settings of every test: no example is too slow, because a shared machine may be slow for a moment."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("senandung", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("senandung")
