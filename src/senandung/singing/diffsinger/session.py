"""ONNX Runtime: imported here, when a bank of models sings, and nowhere else.

Versions from 1.30 on (1.29 was not looked at) report every session to their makers; 1.28 is pinned, and the variable
that stops a newer one is set before it is imported.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.errors import FileError

TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32, "tensor(float)": np.float32,
         "tensor(double)": np.float64, "tensor(float16)": np.float16, "tensor(bool)": np.bool_}  # fmt: skip


class Model:
    """A model in a session, with its inputs' types by name and its outputs' names."""

    def __init__(self, path: Path, *, seed: int) -> None:
        """Load a model; `seed` is of the noise that it draws itself."""
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        import onnxruntime

        self.path = path
        onnxruntime.set_seed(seed % 2**31)  # what draws noise takes its seed when the session is made
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        try:
            self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its exceptions have no common ancestor of their own
            raise FileError(path, f"not a model that ONNX Runtime {onnxruntime.__version__} can load") from error
        self.inputs: Mapping[str, type] = {
            each.name: TYPES.get(each.type, object) for each in self._session.get_inputs()
        }
        self._single = {each.name for each in self._session.get_inputs() if not each.shape}
        self.outputs: tuple[str, ...] = tuple(each.name for each in self._session.get_outputs())

    def run(self, values: Mapping[str, NDArray[Any]], output: str) -> NDArray[np.float32]:
        """The named output, or the only one, from values of which it may take a part."""
        if output not in self.outputs and len(self.outputs) != 1:
            raise FileError(self.path, f"a model must have the output {output}, got {', '.join(self.outputs)}")
        missing = [name for name in self.inputs if name not in values]
        if missing:
            raise FileError(self.path, f"a model that asks for {', '.join(missing)}, which nobody here can give")
        given: dict[str, NDArray[Any]] = {
            name: np.ascontiguousarray(values[name], dtype=kind) for name, kind in self.inputs.items()
        }
        given |= {name: given[name].reshape(()) for name in self._single if given[name].size == 1}
        try:
            found = self._session.run([output if output in self.outputs else self.outputs[0]], given)[0]
        except Exception as error:
            said = " ".join(str(error).split())
            raise FileError(self.path, f"the model cannot sing this: {said[:200]}") from error
        result = np.asarray(found, dtype=np.float32)
        if not np.isfinite(result).all():
            raise FileError(self.path, f"the model gave numbers that are not finite as {output}")
        return result
