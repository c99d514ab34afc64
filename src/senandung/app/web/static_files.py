"""Built styles, scripts and pictures, held in memory: few, small, and kept by browsers for good by their digest."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "static"

_KINDS = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}
_PACKED = ("text/", "application/manifest+json", "image/svg+xml")


@dataclass(frozen=True)
class Asset:
    """A file as it is sent; `packed` is its gzip where that is smaller."""

    body: bytes
    packed: bytes | None
    kind: str
    digest: str


@cache
def asset(name: str) -> Asset | None:
    """A file of the static folder; None for what is no file directly in it."""
    path = FOLDER / name
    if path.parent != FOLDER or not path.is_file():
        return None
    body = path.read_bytes()
    kind = _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 9, mtime=0) if kind.startswith(_PACKED) else None
    return Asset(
        body, packed if packed and len(packed) < len(body) else None, kind, hashlib.sha256(body).hexdigest()[:12]
    )


def address_of(name: str) -> str:
    """The address of a static file, with its digest, so that a changed one is fetched anew."""
    found = asset(name)
    if found is None:
        raise FileNotFoundError(f"{name} was not built; run `make assets`")
    return f"/static/{name}?v={found.digest}"


def send_asset(request: Request, name: str, *, lasts: str | None = None) -> Response:
    """A static file as an answer; for good where its digest was asked for."""
    found = asset(name)
    if found is None:
        return Response("404", 404)
    headers = {"ETag": f'"{found.digest}"', "Vary": "Accept-Encoding"}
    for_good = request.query_params.get("v") == found.digest or name.startswith("part-")  # a part's digest is its name
    headers["Cache-Control"] = lasts or ("public, max-age=31536000, immutable" if for_good else "no-cache")
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=found.kind)
    return Response(found.body, headers=headers, media_type=found.kind)


def _static(request: Request) -> Response:
    return send_asset(request, request.path_params["name"])


routes = [Route("/static/{name}", _static)]
