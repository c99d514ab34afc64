"""Senandung: feeling from the traces people leave, a whole song from it, and the memory kept with the music.

import senandung
made = senandung.create("aku rindu kamu, malam ini hujan turun lagi", style="keroncong", seed=7)
print(made.folder)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from senandung.api.check import check as check
    from senandung.api.compose import compose as compose
    from senandung.api.continue_ import continue_ as continue_
    from senandung.api.correct import correct as correct
    from senandung.api.create import create as create
    from senandung.api.feel import feel as feel
    from senandung.api.learn import learn as learn
    from senandung.api.render import render as render
    from senandung.api.rewrite import rewrite as rewrite
    from senandung.api.sing import sing as sing
    from senandung.api.transcribe import transcribe as transcribe
    from senandung.api.verify import verify as verify

__all__ = ["__version__", "check", "compose", "continue_", "correct", "create", "feel", "learn", "render", "rewrite",
           "sing", "transcribe", "verify"]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a wish when it is first asked for, so that `import senandung` stays quick."""
    if name in __all__:
        from importlib import import_module

        return getattr(import_module(f"senandung.api.{name}"), name)
    raise AttributeError(f"module 'senandung' has no attribute {name!r}")
