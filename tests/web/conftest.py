"""The browser for every file here: one that a file imported by itself would be a second."""

from __future__ import annotations

from browser import chromium

__all__ = ["chromium"]
