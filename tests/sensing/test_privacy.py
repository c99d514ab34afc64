"""What a person wrote stays on the machine: no module of sensing imports a network client."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import senandung.sensing

CLIENTS = {"requests", "httpx", "aiohttp", "urllib3", "websockets"}
STANDARD = {
    "socket",
    "ssl",
    "http",
    "urllib",
    "ftplib",
    "smtplib",
    "imaplib",
    "poplib",
    "xmlrpc",
    "asyncio",
    "webbrowser",
}
NETWORK = CLIENTS | STANDARD | {"socketserver", "subprocess", "__import__"}
MODULES = sorted(Path(senandung.sensing.__file__).parent.rglob("*.py"))


def imported(source: str) -> set[str]:
    """The first names of all modules that a source imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__import__":
            names.add("__import__")
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_no_network_module_is_imported(module: Path) -> None:
    assert imported(module.read_text(encoding="utf-8")) & NETWORK == set()


def test_the_check_itself_sees_an_import_inside_a_function() -> None:
    assert imported("def f():\n    from urllib.request import urlopen\n    import socket") == {"urllib", "socket"}
