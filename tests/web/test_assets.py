"""Built styles and scripts belong to their sources."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from senandung.app.web.static_files import FOLDER, asset

WEB = Path(__file__).parents[2] / "web"


def test_what_was_built_is_of_the_sources_as_they_are() -> None:
    whole = hashlib.sha256()
    names = {path.relative_to(WEB).as_posix(): path for path in WEB.rglob("*") if path.is_file()}
    for name in sorted(name for name in names if not name.startswith("node_modules/")):
        whole.update(f"{name}\n".encode())
        whole.update(hashlib.sha256(names[name].read_bytes()).hexdigest().encode())
    built = (FOLDER / "built-from.txt").read_text(encoding="utf-8").strip()
    assert built == whole.hexdigest(), "run `make assets` and commit what it builds"


def test_the_lock_names_no_address_and_every_version() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    assert all("resolved" not in each and each["version"] and each["integrity"] for each in packages.values())
    package = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    wanted = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_nothing_built_asks_for_anything_elsewhere() -> None:
    for path in FOLDER.iterdir():
        if path.suffix in (".css", ".js"):
            text = path.read_text(encoding="utf-8")
            found = set(re.findall(r"https?://[\w.-]+", text)) - {"http://www.w3.org", "https://four.htmx.org"}
            assert found == set(), path.name


def test_only_files_directly_in_the_folder_are_assets() -> None:
    assert asset("app.css") is not None
    assert [asset(name) for name in ("..", "", "../words.py", "/etc/passwd", "none.css")] == [None] * 5
