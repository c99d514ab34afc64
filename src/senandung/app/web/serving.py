"""Where the home is served, and from where somebody comes."""

from __future__ import annotations

import errno
import ipaddress
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError, OutputError

PORT = 8733

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for each other."""


@dataclass(frozen=True)
class Serving:
    """Where it listens, and the address of the HTTPS proxy or tunnel before it, if there is one."""

    host: str = "127.0.0.1"
    port: int = PORT
    public_url: str | None = None

    @property
    def public_host(self) -> str | None:
        """The host (and port, where it is not 443) of `public_url`, as a browser names it."""
        return None if self.public_url is None else urlsplit(self.public_url).netloc.lower()

    @property
    def at_home(self) -> bool:
        """Whether other devices of the network can reach it."""
        return not is_loopback(self.host)

    def network_address(self) -> str | None:
        """Its address in the home network; None where only this machine reaches it, or there is no network."""
        if not self.at_home:
            return None
        host = own_address() if self.host in ("0.0.0.0", "::", "") else self.host
        return None if host is None else f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def checked_public_url(url: str | None) -> str | None:
    """The address of a proxy or tunnel, without a slash at its end.

    >>> checked_public_url("https://Lagu.example.org/")
    'https://lagu.example.org'
    """
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port not in (None, 443) else ""
    except ValueError as error:
        raise InvalidValueError(f"--public-url must be an address, got {url!r}") from error
    rest = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    good = parts.scheme == "https" and parts.hostname and not rest
    require(bool(good), "--public-url must be https://HOST without a path: phones give microphone and installation "
            "to https alone", url)  # fmt: skip
    return f"https://{parts.hostname}{port}"


@contextmanager
def free_socket(host: str, port: int, public: bool) -> Iterator[socket.socket]:
    """A socket that listens there.

    Raises
    ------
    InvalidValueError : no port, no address of this machine, or one that all the world reaches without HTTPS.
    OutputError : the port is taken or not for everybody.
    """
    require(0 <= port <= 65535, "--port must be 0 to 65535", port)
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (OSError, UnicodeError) as error:
        raise InvalidValueError(f"--host must be an address of this machine, got {host!r}") from error
    if ipaddress.ip_address(address[0]).is_global and not public:
        raise InvalidValueError(
            f"--host {host} is open to the world: put an HTTPS proxy or tunnel before it and name it by --public-url"
        )
    # By its protocol asyncio knows that small answers need not wait for each other (TCP_NODELAY): 40 ms each.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            place.bind(address)
            place.listen(1024)
        except OSError as error:
            why = {
                errno.EADDRINUSE: "is taken; choose another with --port",
                errno.EACCES: "needs the machine's administrator; choose another with --port",
                errno.EADDRNOTAVAIL: "cannot be had: it is no address of this machine",
            }
            said = why.get(error.errno or 0, error.strerror or str(error))
            raise OutputError(f"port {port} of {host} {said}") from error
        yield place


def own_address() -> str | None:
    """This machine's address in its network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        found = str(probe.getsockname()[0])
    return None if is_loopback(found) else found


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1", "192.168.1.5", "localhost.example")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host_name(host: str) -> str:
    """The host of a Host header, without its port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


@dataclass(frozen=True)
class Origin:
    """From where a request comes.

    `known`: its Host is one that this home has; a name that an attacker's page was made to resolve to this machine is
    not (DNS rebinding). `local`: from this machine itself, past no proxy. `secure`: by HTTPS, or on this machine.
    """

    host: str
    address: str
    known: bool
    local: bool
    secure: bool
    public: bool


def origin_of(scope: Scope, serving: Serving) -> Origin:
    """From where a request comes. What a proxy says is believed only of the public address, from this machine."""
    headers = Headers(scope=scope)
    host = headers.get("host", "").lower()
    name = _host_name(host)
    peer = scope["client"][0] if scope.get("client") else ""
    public = serving.public_host is not None and host.removesuffix(":443") == serving.public_host
    forwarded = any(
        each in headers for each in ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded")
    )
    here = is_loopback(name)
    known = public or here or (serving.at_home and (_is_address(name) or name in _own_names()))
    local = here and is_loopback(peer) and not forwarded and not public
    said = headers.getlist("x-forwarded-for") if public and is_loopback(peer) else []
    # the proxy's own word is the last; what stands before it came with the request
    address = counted_address(said[-1].rpartition(",")[2].strip() if said else peer)
    return Origin(host.removesuffix(":443") if public else host, address, known, local, public or local, public)


def counted_address(address: str) -> str:
    """The address by which tries are counted: of IPv6 its first 64 bits, since one connection has all of the rest.

    >>> [counted_address(each) for each in ("192.0.2.7", "2001:db8:1:2:3::4", "::ffff:192.0.2.7", "::1", "testclient")]
    ['192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7', '::1', 'testclient']
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address) or found.is_loopback:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found.packed[:8] + bytes(8), 64)))


def _is_address(name: str) -> bool:
    try:
        return not ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _own_names() -> tuple[str, ...]:
    name = socket.gethostname().lower()
    return (name, f"{name}.local")


def new_code() -> str:
    """Eight letters and digits: 40 random bits, which the limit of tries makes enough."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


@dataclass
class Code:
    """The code with which one more device of the owner comes in: once, then there is another."""

    now: str = field(default_factory=new_code)
    on_used: Callable[[], object] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, given: str) -> bool:
        """Whether it is the code; if so, it is used up."""
        clean = "".join(letter for letter in given.upper() if letter.isalnum())
        with self._lock:
            if not secrets.compare_digest(clean.encode(), self.now.encode()):
                return False
            self.now = new_code()
        if self.on_used is not None:
            self.on_used()
        return True
