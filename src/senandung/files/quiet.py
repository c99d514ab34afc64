"""What C libraries write to standard error by themselves is kept from the person, who gets one sentence of ours."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Send the process's standard error nowhere while the block runs; what Python itself has to say is raised.

    For short calls: other threads cannot be heard meanwhile.
    """
    with _ONE_AT_A_TIME:
        try:
            kept = os.dup(2)
        except OSError:  # it is closed: nothing can be written
            yield
            return
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 2)
            os.close(nowhere)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
