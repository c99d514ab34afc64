"""XML that a stranger wrote, as a tree: nothing is fetched, no entity is expanded, and size is bounded."""

from __future__ import annotations

import contextlib
import io
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from senandung.domain.errors import FileError
from senandung.files.reading import MEGABYTE

MAX_XML_BYTES = 50 * MEGABYTE

MAX_ELEMENTS = 3_000_000
"""The most tags of an XML file."""

MAX_MEMBERS = 1000
"""The most files inside an .mxl."""

MAX_RATIO = 200
"""The most that a member of an .mxl may grow when it is unpacked; real scores grow 10 to 40 times."""


def parse_xml(data: bytes, path: Path) -> Any:
    """The root element of XML bytes; `path` is named in errors.

    Raises `FileError` for damaged XML, for entity declarations (which can grow without bound or name other files),
    and for more than `MAX_ELEMENTS` tags.
    """
    from lxml import etree

    plain = data.replace(b"\0", b"") if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:4] else data
    if b"<!ENTITY" in plain:
        raise FileError(path, "declares XML entities, which a score does not need and which are refused")
    if plain.count(b"<") > MAX_ELEMENTS:
        raise FileError(path, f"an XML file may hold at most {MAX_ELEMENTS} tags")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or None
        raise FileError(path, f"damaged XML: {(error.msg or 'no element').split(', line')[0]}", line=line) from error
    except (ValueError, LookupError) as error:
        raise FileError(path, f"damaged XML: {error}") from error


def unpack_mxl(data: bytes, path: Path) -> bytes:
    """The score inside a compressed .mxl, read in memory; its container names it.

    Raises `FileError` for a damaged archive, and for one that would grow beyond the limits of this module.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise FileError(path, f"an .mxl may hold at most {MAX_MEMBERS} files, got {len(members)}")
            names = {member.filename for member in members}
            roots: list[str] = []
            with contextlib.suppress(FileError):  # some programs write a container that is no XML
                if "META-INF/container.xml" in names:
                    container = parse_xml(_member(archive, "META-INF/container.xml", path), path)
                    roots = [element.get("full-path", "") for element in container.iter("{*}rootfile")]
            scores = [name for name in roots if name in names and _is_score(name)]
            scores = scores or sorted(name for name in names if _is_score(name) and not name.startswith("META-INF"))
            if not scores:
                raise FileError(path, "an .mxl must hold a score, got none")
            return _member(archive, scores[0], path)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError, ValueError) as error:
        raise FileError(path, f"a damaged .mxl archive: {error}") from error


def _is_score(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in (".xml", ".musicxml")


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    info = archive.getinfo(name)
    packed = max(info.compress_size, 1)
    if info.file_size > MAX_XML_BYTES or (info.file_size > MEGABYTE and info.file_size > MAX_RATIO * packed):
        raise FileError(path, f"unpacks to {info.file_size / MEGABYTE:.0f} MB from {packed} bytes, which is refused")
    with archive.open(info) as stream:
        content = stream.read(MAX_XML_BYTES + 1)  # what the directory says of the size may be a lie
    if len(content) > MAX_XML_BYTES:
        raise FileError(path, f"unpacks to more than {MAX_XML_BYTES / MEGABYTE:g} MB, which is refused")
    return content
