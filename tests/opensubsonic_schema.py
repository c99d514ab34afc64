"""OpenSubsonic's published schema, where its archive lies beside the checkout."""

from __future__ import annotations

import json
import tarfile
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ARCHIVE = Path(__file__).parents[2] / "shared" / "data" / "opensubsonic.tar.xz"

BASE = "http://opensubsonic.test/"


@cache
def files() -> dict[str, Any]:
    """Every file of the schema by its path in the archive; the test is skipped where there is none."""
    if not ARCHIVE.is_file():
        pytest.skip("OpenSubsonic's schema (shared/data/opensubsonic.tar.xz) is not beside the checkout")
    found = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".json"):
                stream = archive.extractfile(member)
                assert stream is not None
                found[member.name] = json.load(stream)
    return found


@cache
def registry() -> Registry[Any]:
    """What finds `$ref`s."""
    return Registry().with_resources(
        (BASE + name, Resource.from_contents(content, default_specification=DRAFT202012))
        for name, content in files().items()
    )


def _at(reference: str, base: str) -> tuple[str, Any]:
    address = urljoin(base, reference)
    return address, files()[address.removeprefix(BASE)]


@cache
def response_of(name: str, method: str = "get") -> tuple[str, Any] | None:
    """The address and the schema of a call's JSON answer; None for a call that sends bytes."""
    address, content = _at(f"opensubsonic/openapi/endpoints/{name}.json", BASE)
    response = content[method]["responses"]["200"]
    if "$ref" in response:
        address, response = _at(response["$ref"], address)
    kinds = response["content"]
    if "application/json" not in kinds:
        return None
    found = kinds["application/json"]["schema"]
    if set(found) == {"$ref"}:
        address, found = _at(found["$ref"], address)
    return address, found


def names() -> set[str]:
    """All calls of the schema."""
    prefix = "opensubsonic/openapi/endpoints/"
    inside = (name.removeprefix(prefix) for name in files() if name.startswith(prefix))
    return {name.removesuffix(".json") for name in inside if "/" not in name}


def check(name: str, plain: Any) -> None:
    """Fail where an answer is not as the schema says."""
    found = response_of(name)
    assert found is not None, f"{name} sends bytes"
    address, _ = found
    validator = Draft202012Validator(
        {"$ref": address}, registry=registry(), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    errors = sorted(validator.iter_errors(plain), key=lambda error: list(error.absolute_path))
    said = [
        f"{'/'.join(map(str, deep.absolute_path))}: {deep.message[:300]}"
        for error in errors
        for deep in ([error, *error.context] if error.context else [error])
    ]
    assert not said, "\n".join(said)
