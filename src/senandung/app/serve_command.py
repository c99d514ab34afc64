"""The command `serve`: the home in a browser, until it is stopped."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from senandung.api.home import Home
    from senandung.app.web.serving import Code, Serving

LOG = "serve.log"
"""In the home's folder: what failed, for whoever keeps the home; no addresses that were asked for, no secrets."""

PATIENCE = 3
"""Seconds that open connections have at the end."""


def serve_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `serve`."""
    from pathlib import Path

    host = "where it listens: 127.0.0.1 is this machine alone (the default), 0.0.0.0 the whole home network"
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help=host)
    parser.add_argument("--port", type=int, default=8733, metavar="N", help="its port (default: 8733; 0: a free one)")
    public = "the https address of the proxy or tunnel before it, such as https://lagu.example.org"
    parser.add_argument("--public-url", metavar="URL", help=public)
    home = "the folder of library, memories and songs (default: $SENANDUNG_HOME, or senandung/home in the data home)"
    parser.add_argument("--home", type=Path, metavar="DIR", help=home)
    database = "another database than the SQLite file in that folder: postgresql+psycopg://NAME@HOST/DATABASE"
    parser.add_argument("--database", metavar="URL", help=database)
    parser.add_argument("--password", action="store_true", help="ask for a new password of the owner first")


def run_serve(given: argparse.Namespace) -> int:
    """Serve until stopped."""
    from senandung.api.accounts import has_password, the_owner
    from senandung.api.home import open_home
    from senandung.app.web.serving import Serving, checked_public_url, free_socket
    from senandung.domain.errors import InvalidValueError

    public = checked_public_url(given.public_url)
    with (
        free_socket(given.host, given.port, public is not None) as place,
        open_home(given.home, address=given.database) as home,
    ):
        if given.password:
            _ask_password(home)
        if public is not None and not has_password(home, the_owner(home)):
            raise InvalidValueError("--public-url needs a password of the owner: set it once with serve --password")
        serving = Serving(given.host, int(place.getsockname()[1]), public)
        _serve(home, serving, place, plain=given.json)
    return 0


def _serve(home: Home, serving: Serving, place: socket.socket, *, plain: bool) -> None:
    import uvicorn

    from senandung.app.subsonic import service
    from senandung.app.web.application import ROUTES, web_application

    application = web_application(home, serving, routes=(*ROUTES, *service.routes))
    code: Code = application.state.code
    _log_to(home.folder / LOG)

    class Server(uvicorn.Server):
        """Says where it is as soon as it answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                _say(home, serving, code, plain=plain)

    config = uvicorn.Config(
        application, log_config=None, access_log=False, proxy_headers=False, server_header=False,
        timeout_graceful_shutdown=PATIENCE, timeout_keep_alive=30, h11_max_incomplete_event_size=32 << 10,
    )  # fmt: skip
    try:
        Server(config).run(sockets=[place])
    except KeyboardInterrupt:
        if not plain:
            print("\nsenandung: the home is closed", flush=True)


def _say(home: Home, serving: Serving, code: Code, *, plain: bool) -> None:
    from senandung.api.accounts import has_password, the_owner

    here = f"http://localhost:{serving.port}"
    network = serving.network_address()
    if plain:
        said: dict[str, Any] = {"address": here, "network": network, "public": serving.public_url}
        print(json.dumps({**said, "code": code.now if serving.at_home else None, "home": str(home.folder)}), flush=True)
        return
    print(f"Senandung is open: {here}   (Ctrl-C closes it)")
    if serving.public_url is not None:
        print(f"From anywhere, by your proxy or tunnel: {serving.public_url}")
    if serving.at_home:
        where = network or f"http://{serving.host}:{serving.port}"
        print(f"In your home network: {where}")
        print(f"A phone comes in with this picture, or with the code {code.now}; each code works once.\n")
        _print_qr(f"{where}/in?code={code.now}")
        code.on_used = lambda: print(f"A device came in. The code for one more: {code.now}", flush=True)
        if not has_password(home, the_owner(home)):
            print("Whoever is at this machine comes in without a password; set one on the page You.")
    sys.stdout.flush()


def _print_qr(address: str) -> None:
    import segno

    try:
        segno.make(address, micro=False, error="l").terminal(compact=True, border=2)
    except UnicodeEncodeError:
        print(f"  {address}")


def _ask_password(home: Home) -> None:
    import getpass

    from senandung.api.accounts import hash_password, set_password, the_owner
    from senandung.domain.errors import InvalidValueError

    if sys.stdin is not None and sys.stdin.isatty():
        first = getpass.getpass("New password of the owner: ")
        hash_password(first)
        if getpass.getpass("Once more: ") != first:
            raise InvalidValueError("both passwords must be the same")
    else:
        first = sys.stdin.readline().rstrip("\r\n") if sys.stdin is not None else ""
    set_password(home, the_owner(home), first)


def _log_to(path: Path) -> None:
    """What fails is written into a file of the home; the terminal stays a person's."""
    import logging
    from logging.handlers import RotatingFileHandler

    handler = RotatingFileHandler(path, maxBytes=1 << 20, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for name in ("uvicorn", "senandung"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.handlers = [handler]
        logger.propagate = False
