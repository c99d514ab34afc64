"""YouTube and YouTube Music: `watch-history.json` of Google Takeout. It knows neither how long nor whether skipped.

A title is written inside a sentence of the person's language ("Watched …", "Menonton …", "… angesehen"). The sentences
of `SENTENCES` are known; of other languages it is what all titles of the file have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from senandung.domain.listen import Listen, sane
from senandung.files.history.rows import Asked, address_of, clean, written

SENTENCES: tuple[tuple[str, str], ...] = (
    ("Menonton ", ""), ("Telah menonton ", ""), ("Anda menonton ", ""), ("Ditonton ", ""),
    ("Watched ", ""), ("Has visto ", ""), ("Viste ", ""), ("Vous avez regardé ", ""), ("A regardé ", ""),
    ("Hai guardato ", ""), ("Assistiu a ", ""), ("Você assistiu a ", ""), ("Viu ", ""), ("", " angesehen"),
    ("", " bekeken"), ("Je hebt ", " bekeken"), ("Obejrzano: ", ""), ("Obejrzano ", ""), ("Просмотрено: ", ""),
    ("Вы посмотрели видео ", ""), ("", " izlendi"), ("", " adlı videoyu izlediniz"), ("Đã xem ", ""),
    ("", " を視聴しました"), ("", "を視聴しました"), ("", "을(를) 시청했습니다."),
    ("", "을(를) 시청함"), ("观看了 ", ""), ("已观看 ", ""), ("看過 ", ""), ("已觀看 ", ""), ("ดู ", " แล้ว"),
    ("Tittade på ", ""), ("Katsottu ", ""), ("Napanood ang ", ""), ("Pinanood ang ", ""),
)  # fmt: skip
"""What stands before and behind a title, by language; the longest that fits most titles is taken."""

TOPICS = ("Topic", "Topik", "Thema", "Tema", "Thème", "Sujet", "Argomento", "Tópico", "Onderwerp", "Temat", "Тема",
          "Konu", "Chủ đề", "トピック", "주제", "主题", "主題", "หัวข้อ", "Ämne", "Emne", "Aihe", "Téma")  # fmt: skip
"""How YouTube ends the names of the channels that it makes of an artist's music."""

MOST_FIT = 0.9
"""Share of a file's titles that a sentence must fit."""

FEWEST_TITLES = 20
"""Different titles that are needed to find an unknown sentence."""


@dataclass(slots=True)
class _Watched:
    title: str
    channel: str
    address: str
    started: datetime


def is_watched(row: Mapping[str, Any]) -> bool:
    """Whether a row is of a watch history."""
    return "header" in row and "title" in row and "time" in row


def takeout(rows: Iterable[Any], asked: Asked) -> Iterator[Listen | str]:
    """Plays of a watch history, or why a row is none."""
    watched: list[_Watched] = []
    titles: list[str] = []
    for row in rows:
        if not isinstance(row, Mapping):
            yield "unreadable"
            continue
        title = clean(row.get("title"))
        address = row.get("titleUrl")
        if title and isinstance(address, str):
            titles.append(title.removesuffix(address).strip())
        found = _watched(row, title, asked)
        if isinstance(found, str):
            yield found
        else:
            watched.append(found)
    before, behind = sentence_of(titles)
    for each in watched:
        yield _listen(each, before, behind, asked)


def _watched(row: Mapping[str, Any], title: str, asked: Asked) -> _Watched | str:
    details = row.get("details")
    if isinstance(details, list) and any(
        isinstance(d, Mapping) and "Google Ads" in clean(d.get("name")) for d in details
    ):
        return "advert"
    if not isinstance(row.get("titleUrl"), str):
        return "gone"
    subtitles = row.get("subtitles")
    first = subtitles[0] if isinstance(subtitles, list) and subtitles else None
    channel = clean(first.get("name")) if isinstance(first, Mapping) else ""
    if row.get("header") != "YouTube Music" and artist_of_topic(channel) is None:
        return "not-music"
    if not title:
        return "no-title"
    started = written(row.get("time"), UTC)
    if started is None:
        return "no-time"
    return _Watched(title, channel, row["titleUrl"], started) if sane(started, asked.now) else "odd-time"


def _listen(each: _Watched, before: str, behind: str, asked: Asked) -> Listen | str:
    title = each.title
    if len(title) > len(before) + len(behind) and title.startswith(before) and title.endswith(behind):
        title = title[len(before) : len(title) - len(behind)]
    title = title.strip(' 「」"“”„«»')
    if title.startswith(("https://", "http://")):
        return "gone"
    artist = artist_of_topic(each.channel)
    if artist is None:
        artist, dash, rest = title.partition(" - ")
        artist, title = (artist, rest) if dash and rest.strip() else (each.channel, title)
    piece = asked.piece(title, artist, address=address_of(each.address))
    return "no-title" if piece is None else Listen(piece, each.started, "youtube")


def artist_of_topic(channel: str) -> str | None:
    """The artist of a channel that YouTube made of their music; None for another channel.

    >>> artist_of_topic("Chrisye - Topik"), artist_of_topic("Chrisye Official")
    ('Chrisye', None)
    """
    name, dash, topic = channel.rpartition(" - ")
    return name if dash and topic in TOPICS else None


def sentence_of(titles: Sequence[str]) -> tuple[str, str]:
    """What stands before and behind all titles of a file.

    >>> sentence_of(["Menonton Kangen", "Menonton Sephia", "Menonton Cindai"])
    ('Menonton ', '')
    """
    if not titles:
        return "", ""
    counts = {
        (before, behind): sum(each.startswith(before) and each.endswith(behind) for each in titles)
        for before, behind in SENTENCES
    }
    good = [sentence for sentence, count in counts.items() if count >= MOST_FIT * len(titles)]
    if good:
        return max(good, key=lambda sentence: len(sentence[0]) + len(sentence[1]))
    different = sorted(set(titles))
    if len(different) < FEWEST_TITLES:
        return "", ""
    before = _common(different)
    behind = _common([each[::-1] for each in different])[::-1]
    return before[: before.rfind(" ") + 1], behind[behind.find(" ") :] if " " in behind else ""


def _common(texts: Sequence[str]) -> str:
    """What all texts begin with: what the first and the last of them in order begin with."""
    low, high = min(texts), max(texts)
    same = 0
    while same < min(len(low), len(high)) and low[same] == high[same]:
        same += 1
    return low[:same]
