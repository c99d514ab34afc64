"""card.json of a voicebank of one's own: whose voice it is, and that they agreed; card.md says the same to people."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from senandung.domain.checks import require
from senandung.domain.errors import FileError, InvalidValueError
from senandung.files.reading import MEGABYTE, decode_text, read_bytes
from senandung.files.writing import write_atomically

FORMAT = "senandung-voice"
CARD_FILE = "card.json"
PAGE_FILE = "card.md"


@dataclass(frozen=True)
class BankCard:
    """Whose voice a bank is.

    Parameters
    ----------
    name : of the voice.
    singer : the person whose voice it is; "" where nobody said.
    agreed : that they agreed to it.
    low, high : MIDI numbers between which it sings.
    pitch : MIDI number at which it was recorded, on average.
    pitches : those of its sets of takes, where it has several.
    takes, sounds : how many recordings and sounds it has.
    again : names of the takes that are better recorded again.
    """

    name: str
    singer: str = ""
    agreed: bool = False
    low: int = 48
    high: int = 72
    pitch: float = 60.0
    takes: int = 0
    sounds: int = 0
    again: tuple[str, ...] = field(default=())
    pitches: tuple[float, ...] = field(default=())

    def __post_init__(self) -> None:
        require(bool(self.name.strip()) and len(self.name) <= 80, "a voice's name must have 1..80 letters", self.name)
        require(len(self.singer) <= 200, "a singer's name must have at most 200 letters", len(self.singer))
        require(0 <= self.low < self.high <= 127, "a voice's range must go up, in 0..127", (self.low, self.high))

    @property
    def given(self) -> bool:
        """Whether it is known whose voice it is and that they agreed."""
        return bool(self.singer.strip()) and self.agreed

    def text(self) -> str:
        """card.md."""
        who = self.singer or "nobody said"
        agreed = "They agreed to it." if self.given else "Nobody said that they agreed: it must not be passed on."
        again = f"Better recorded again: {', '.join(self.again)}.\n" if self.again else ""
        around = " and ".join(f"{pitch:.0f}" for pitch in self.pitches or (self.pitch,))
        return (
            f"# {self.name}\n\nWhose voice: {who}\n\n{agreed}\n\n"
            f"{self.sounds} sounds from {self.takes} recordings, around MIDI note {around}; "
            f"sings {self.low} to {self.high}.\n{again}"
        )


def load_card(folder: Path) -> BankCard | None:
    """The card of a voicebank's folder, or None where it has none."""
    path = folder / CARD_FILE
    if not path.is_file():
        return None
    try:
        plain: Any = json.loads(decode_text(path, read_bytes(path, MEGABYTE)))
    except (json.JSONDecodeError, RecursionError) as error:
        raise FileError(path, f"not a JSON file: {error}") from error
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise FileError(path, f"a card's format must be {FORMAT!r}")
    try:
        return BankCard(
            name=str(plain["name"]),
            singer=str(plain["singer"]),
            agreed=plain["agreed"] is True,
            low=int(plain["low"]),
            high=int(plain["high"]),
            pitch=float(plain["pitch"]),
            takes=int(plain["takes"]),
            sounds=int(plain["sounds"]),
            again=tuple(str(each) for each in plain["again"]),
            pitches=tuple(float(each) for each in plain.get("pitches", ())),
        )
    except InvalidValueError as error:
        raise FileError(path, str(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(path, f"a card's fields must have their documented form: {error}") from error


def save_card(card: BankCard, folder: Path) -> None:
    """Write card.json and card.md. Inverse of `load_card`."""
    plain = {"format": FORMAT, **asdict(card)}
    text = json.dumps(plain, ensure_ascii=False, indent=1) + "\n"
    write_atomically(folder / CARD_FILE, text.encode("utf-8"))
    write_atomically(folder / PAGE_FILE, card.text().encode("utf-8"))
