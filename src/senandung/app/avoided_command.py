"""`avoided`: the song you avoid, looked for only when it is asked for, with its evidence and your word above it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from senandung.domain.errors import InvalidValueError

if TYPE_CHECKING:
    from senandung.api.avoided import Silent
    from senandung.api.home import Home

Said = tuple[dict[str, Any], list[str]]
"""What a command says: as JSON, and as lines."""

SAYS = ("avoid", "outgrew", "someone-else", "never-ask", "welcome", "forget")

OFF = {
    "minor": "the song that is avoided is not looked for for those who are not of age",
    "owner": "the owner of this home switched this off",
}

BEFORE = (
    "A song can bring a heavy memory. If now is a good time: senandung avoided --look",
    "It is looked for on this machine alone, one song, with its evidence. It never plays and never comes by itself.",
    "This is not a medical or therapy service.",
)


def avoided_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `avoided`."""
    parser.add_argument("--look", action="store_true", help="look for it; from then on it may be asked for")
    parser.add_argument("--off", action="store_true", help="do not look for it any more")
    parser.add_argument("--next", type=int, default=0, metavar="N", help="pass over N songs")
    parser.add_argument("--track", type=int, metavar="N", help="with --say: the song's number, as it is shown")
    parser.add_argument("--say", choices=SAYS, help="your word, which stands above the statistics")


def run_avoided(given: argparse.Namespace) -> Said:
    """The owner's song, if they asked for it."""
    from senandung.api import avoided
    from senandung.api.home import open_home

    if given.look and given.off:
        raise InvalidValueError("--look and --off exclude each other, got both")
    if (given.say is None) != (given.track is None):
        raise InvalidValueError("--say needs --track and --track needs --say, got one of them")
    if given.next < 0:
        raise InvalidValueError(f"--next must be 0 or more, got {given.next}")
    with open_home(given.home, address=given.database) as home:
        state = avoided.allowed(home, home.owner)
        if state in OFF:
            raise InvalidValueError(OFF[state])
        person = home.owner
        if given.off:
            avoided.ask(home, person, False)
            return {"wanted": False}, ["It is not looked for any more."]
        if given.look:
            person = avoided.ask(home, person, True)
        elif state != "yes":
            return {"wanted": False, "song": None}, [*BEFORE, *_help(home)]
        if given.say is not None:
            return _say(given, home)
        songs = avoided.silent_songs(home, person)
        song = avoided.one_to_show(songs, given.next)
        if song is None:
            return {"wanted": True, "song": None}, [
                "Nothing was found. Without a history that tells of skips it cannot be seen.",
                *_help(home),
            ]
        shown = avoided.with_months(home, person, song)
        return {"wanted": True, "song": _plain(shown)}, [*_lines(shown), *_help(home)]


def _say(given: argparse.Namespace, home: Home) -> Said:
    from datetime import UTC, datetime

    from senandung.api import avoided

    if given.say == "forget":
        found = avoided.take_back(home, home.owner, given.track)
    else:
        found = avoided.answer(home, home.owner, given.track, given.say, at=datetime.now(UTC)) is not None
    if not found:
        raise InvalidValueError(f"--track must be the number of a song that was shown, got {given.track}")
    return {"track": given.track, "said": given.say}, ["kept"]


def _plain(song: Silent) -> dict[str, Any]:
    return {
        "track": song.track_id, "title": song.title, "artist": song.artist, "grade": song.grade,
        "completed_before": song.completed, "days_before": song.days, "completed_after": song.completed_after,
        "skips_after": song.skips_after, "silent_listening_days": song.silent_days,
        "turned": song.turned.date().isoformat(), "last_heard": song.last.date().isoformat(),
        "tests": list(song.tests), "score": round(song.score, 3),
        "months": [{"month": each.month.isoformat()[:7], "completed": each.completed, "skipped": each.skipped}
                   for each in song.months if each.completed or each.skipped],
    }  # fmt: skip


_ASKS = {
    "avoided": "Is this a song that you avoid?",
    "left": "You used to hear this song often, and then it went quiet.",
    "faded": "This song came to be heard less and less.",
}


def _lines(song: Silent) -> list[str]:
    turned = f", around {song.turned:%Y-%m-%d}" if song.grade == "avoided" else ""
    return [
        f"{song.title}{f' – {song.artist}' if song.artist else ''} (track {song.track_id})",
        f"  {_ASKS[song.grade]}",
        f"  heard to its end {song.completed} times on {song.days} days{turned}",
        f"  since then skipped {song.skips_after} times, heard to its end {song.completed_after} times",
        f"  last heard to its end {song.last:%Y-%m-%d}, {song.silent_days} listening days ago",
        "  A guess from your history, which may be wrong. Your word: "
        f"senandung avoided --track {song.track_id} --say avoid|outgrew|someone-else|never-ask",
    ]


def _help(home: Home) -> list[str]:
    from senandung.api import avoided

    rows = avoided.help_table(home)
    lines = [f"  {each.name}: {each.how['en']} (checked {each.checked:%Y-%m-%d})" for each in rows]
    return ["If it feels too heavy, there are people to talk to:", *lines] if lines else []
