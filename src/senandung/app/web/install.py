"""What makes an application of the page: its manifest, its service worker, the page shown without a network."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from senandung.app.web.pages import page, translator
from senandung.app.web.static_files import address_of, send_asset


def _manifest(request: Request) -> Response:
    t = translator(request)
    icons = [("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"), ("mark.svg", "any", "any"),
             ("icon-maskable-512.png", "512x512", "maskable")]  # fmt: skip
    plain = {
        "id": "/",
        "name": t("frame.name"),
        "short_name": t("frame.name"),
        "description": t("frame.description"),
        "lang": "id",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf6ef",
        "theme_color": "#95392c",
        "categories": ["music", "lifestyle"],
        "icons": [{"src": address_of(name), "sizes": sizes, "purpose": purpose} for name, sizes, purpose in icons],
        "shortcuts": [
            {"name": t("frame.nav_memories"), "url": "/memories"},
            {"name": t("frame.nav_make"), "url": "/make"},
        ],
    }
    return Response(json.dumps(plain, ensure_ascii=False), media_type="application/manifest+json")


def _worker(request: Request) -> Response:
    answer = send_asset(request, "sw.js", lasts="no-cache")
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


def _offline(request: Request) -> Response:
    return page(request, "frame/offline.html")


def _icon(request: Request) -> Response:
    return send_asset(request, "icon-192.png", lasts="public, max-age=86400")


routes = [
    Route("/manifest.webmanifest", _manifest),
    Route("/sw.js", _worker),
    Route("/offline", _offline),
    Route("/favicon.ico", _icon),
]
