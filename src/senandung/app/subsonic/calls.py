"""A call of the service: who asks, for what, with which parameters."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request

from senandung.api import accounts
from senandung.api.home import Home
from senandung.api.players import Players
from senandung.app.subsonic.answers import BAD_KEY, CONFLICT, GENERIC, MISSING, WRONG, RefusedError, not_found
from senandung.remembering.accounts import Person

_WHOLE = re.compile(r"-?[0-9]{1,15}")

_NUMBERED = re.compile(r"([a-z]{2})-([0-9]{1,10})")

PREFIXES = {"track": "tr", "album": "al", "artist": "ar", "playlist": "pl", "cover": "co", "share": "sh"}
"""What an identifier begins with."""

LONGEST = 20_000
"""Values of one parameter."""


def identifier(kind: str, number: int) -> str:
    """The identifier of a thing. Inverse of `Call.number`.

    >>> identifier("album", 12)
    'al-12'
    """
    return f"{PREFIXES[kind]}-{number}"


def kind_of(text: str) -> tuple[str, int]:
    """What an identifier names.

    >>> kind_of("al-12")
    ('album', 12)
    """
    match = _NUMBERED.fullmatch(text)
    kind = next((kind for kind, prefix in PREFIXES.items() if match is not None and prefix == match[1]), None)
    if match is None or kind is None or int(match[2]) >= 2**31:
        raise not_found(text[:40])
    return kind, int(match[2])


@dataclass(frozen=True)
class Call:
    """What a program asks.

    Parameters
    ----------
    given : parameters of the address and of the form together.
    client : the program's own name.
    """

    request: Request
    home: Home
    person: Person
    given: ImmutableMultiDict[str, str]
    client: str
    at: datetime
    players: Players

    def still_in(self) -> bool:
        """Whether the program's password still lets it in: it may be taken back while a song plays."""
        return _signed(self.home, self.given, at=self.at) is not None

    def text(self, name: str, otherwise: str | None = None) -> str:
        """A parameter; one without a default must be there."""
        value = self.given.get(name)
        if value is None:
            if otherwise is None:
                raise RefusedError(MISSING, f"required parameter is missing: {name}")
            return otherwise
        return value.replace("\0", "")

    def all(self, name: str) -> list[str]:
        """All values of a parameter."""
        found = [each for each in self.given.getlist(name) if isinstance(each, str)]
        if len(found) > LONGEST:
            raise RefusedError(GENERIC, f"at most {LONGEST} values of {name} are taken")
        return found

    def whole(self, name: str, otherwise: int | None = None, *, low: int = 0, high: int = 2**31 - 1) -> int:
        """A whole number within bounds."""
        text = self.text(name, None if otherwise is None else str(otherwise))
        return whole(name, text, low, high)

    def flag(self, name: str, otherwise: bool) -> bool:
        """true or false."""
        return self.text(name, "true" if otherwise else "false").lower() in ("true", "1", "yes")

    def number(self, name: str, kind: str) -> int:
        """The number of a thing of a kind."""
        return number_of(self.text(name), kind)

    def numbers(self, name: str, kind: str) -> list[int]:
        """The numbers of all things of a parameter."""
        return [number_of(each, kind) for each in self.all(name)]

    def folder(self) -> int | None:
        """The folder of music that is meant; None for all."""
        return None if "musicFolderId" not in self.given else self.whole("musicFolderId")

    def count(self, name: str, otherwise: int, most: int = 500) -> int:
        """How many are asked for."""
        return min(self.whole(name, otherwise), most)


def whole(name: str, text: str, low: int, high: int) -> int:
    """A whole number within bounds, of a text."""
    if not _WHOLE.fullmatch(text.strip()) or not low <= int(text) <= high:
        raise RefusedError(GENERIC, f"{name} must be a whole number in {low}..{high}, got {text[:40]!r}")
    return int(text)


def number_of(text: str, kind: str) -> int:
    """The number in an identifier that must be of a kind."""
    found, number = kind_of(text)
    if found != kind:
        raise not_found(text[:40])
    return number


def moment_of(milliseconds: int) -> datetime:
    """The time of milliseconds since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def sign_in(home: Home, given: ImmutableMultiDict[str, str], *, address: str, at: datetime) -> Person:
    """Who asks: by an API key, by a token (MD5 of secret and salt), or by the secret itself, plain or in hexadecimal.

    The secret is always an app password; the password of the account opens nothing here.

    Raises
    ------
    RefusedError : nobody with that.
    """
    key, name = given.get("apiKey"), given.get("u")
    try:
        accounts.check_tries(home, {f"address:{address}": accounts.TRIES_OF_AN_ADDRESS}, at=at)
    except accounts.TooManyTriesError as error:
        raise RefusedError(WRONG, str(error)) from error
    if key is not None:
        if any(each in given for each in ("u", "p", "t", "s")):
            raise RefusedError(CONFLICT, "multiple conflicting authentication mechanisms provided")
        person = _signed(home, given, at=at)
        if person is None:
            accounts.add_failed_try(home, address, at=at)
            raise RefusedError(BAD_KEY, "invalid API key")
        return person
    if name is None:
        raise RefusedError(MISSING, "required parameter is missing: u")
    token, salt, password = given.get("t"), given.get("s"), given.get("p")
    if token is not None and password is not None:
        raise RefusedError(CONFLICT, "multiple conflicting authentication mechanisms provided")
    if token is not None and salt is None:
        raise RefusedError(MISSING, "required parameter is missing: s")
    if token is None and password is None:
        raise RefusedError(MISSING, "required parameter is missing: t or p")
    person = _signed(home, given, at=at)
    if person is None:
        accounts.add_failed_try(home, address, at=at)
        raise RefusedError(WRONG, "wrong username or password; programs come in with an app password")
    return person


def _signed(home: Home, given: ImmutableMultiDict[str, str], *, at: datetime) -> Person | None:
    """Whose app password the parameters hold or were made with; None for nobody's."""
    key, token, salt = given.get("apiKey"), given.get("t"), given.get("s")
    if key is not None:
        return accounts.person_of_secret(home, key, at=at) if key else None
    for _person, _password, secret in accounts.secrets_of(home, given.get("u", "")):
        if token is not None:
            expected = hashlib.md5(f"{secret}{salt}".encode(), usedforsecurity=False).hexdigest()
            good = hmac.compare_digest(expected, token.lower().encode("ascii", "replace").decode())
        else:
            good = hmac.compare_digest(secret.encode(), _plain(given.get("p", "")).encode("utf-8", "replace"))
        if good:
            found = accounts.person_of_secret(home, secret, at=at)
            if found is not None:
                return found
    return None


def _plain(password: str) -> str:
    if password.startswith("enc:"):
        try:
            return bytes.fromhex(password[4:]).decode("utf-8", "replace")
        except ValueError:
            return ""
    return password
