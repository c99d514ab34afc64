"""What pytest leaves aside: modules that import torch, where it is not installed (it is an extra for training)."""

from __future__ import annotations

from importlib.util import find_spec

_WITH_TORCH = (
    "compare_sizes", "evaluate", "network", "optimiser", "own/adapt", "train_composer", "trainer", "training_run"
)  # fmt: skip

collect_ignore = [
    "src/senandung/remembering/store/migrations/env.py",  # runs inside Alembic alone
    "tests/subsonic/clients",  # programs of another environment
]
if not find_spec("torch"):
    collect_ignore += [f"src/senandung/learning/{name}.py" for name in _WITH_TORCH]
