"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "senandung").rglob("*.py"))
PAGES = sorted((ROOT / "docs").rglob("*.md"))


def test_python_examples_of_the_docs_run() -> None:
    for page in PAGES:
        blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        if blocks:
            subprocess.run([sys.executable, "-c", "\n".join(blocks)], check=True, capture_output=True, cwd=ROOT)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_links_of_the_docs_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_no_file_is_much_longer_than_600_lines() -> None:
    written = [path for path in SOURCES if path.parent.name != "versions"]  # migrations are made by a program
    long = {str(path): n for path in written if (n := len(path.read_text(encoding="utf-8").splitlines())) > 650}
    assert long == {}


def test_there_is_no_utils() -> None:
    assert [path for path in SOURCES if re.search(r"util|helper|misc|common", path.stem)] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_public_things_have_docstrings(path: Path) -> None:
    if path.name == "__init__.py" and not path.read_text(encoding="utf-8").strip():
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{path} must say what it is for"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path.name}: {node.name} must have a docstring"


def test_every_learned_table_has_a_data_card() -> None:
    weights = ROOT / "src" / "senandung" / "weights"
    names = {path.stem for path in weights.iterdir() if path.suffix in (".json", ".tsv", ".onnx", ".safetensors")}
    cards = {path.name.removesuffix(".card.md") for path in weights.glob("*.card.md")}
    assert names <= cards, f"without a card: {sorted(names - cards)}"
