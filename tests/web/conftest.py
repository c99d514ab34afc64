"""The browser is one for all tests of a run: a fixture that each file imported would start one each."""

from __future__ import annotations

from browser import chromium

__all__ = ["chromium"]
