"""A motif in songs: it stands where the song says, found by a matcher that knows nothing of composing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from senandung.composing.compose import compose
from senandung.composing.motif.playing import play_theme
from senandung.composing.motif.staging import Use
from senandung.composing.motif.standing import still_standing, theme_of
from senandung.composing.motif.theme import Staged
from senandung.composing.plan import Wishes
from senandung.composing.styles import load_style
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.motif import Motif, Theme, Tone
from senandung.domain.scales import Key
from senandung.domain.song import Note, Song, Track, from_plain, to_plain

TUNE = ((0, 480, 67), (480, 240, 69), (720, 240, 67), (960, 480, 64), (1440, 480, 60), (1920, 240, 62), (2160, 240, 64),
        (2400, 480, 65), (2880, 960, 64))  # fmt: skip
MAJOR = Motif(tuple(Tone(*row) for row in TUNE), Key.parse("C"), Metre(), 90.0)
WALTZ = Motif(
    tuple(Tone(*row) for row in ((-480, 480, 62), (0, 480, 67), (480, 480, 69), (960, 480, 71), (1440, 960, 74),
                                 (2400, 480, 71), (2880, 1440, 69))),
    Key.parse("G"), Metre(3, 4), 100.0,
)  # fmt: skip
LINES = ("aku rindu kamu", "malam ini hujan turun lagi", "pulanglah")


@cache
def song(style: str, motif: Motif = MAJOR, seed: int = 1, *, voice: bool = True) -> Song:
    wishes = Wishes(minutes=1.2, motif=motif, voice=voice)
    return compose(Feeling.named("rindu"), load_style(style), LINES, wishes, language="id", seed=seed, version="1")


def stands(tones: list[tuple[int, int]], track: Track, onset: int, *, near: int, mirror: bool) -> bool:
    """Whether a track has tones (onset, pitch) from a tick on: by semitones and by ratios of time, in any key."""
    notes = [note for note in track.notes if note.staff in (0, 1)]
    line = {note.onset: max(n.pitch for n in notes if n.onset == note.onset) for note in notes}
    later = sorted(tick for tick in line if tick > onset)
    for second in later[:9]:
        scale = (second - onset) / (tones[1][0] - tones[0][0])
        places = [round(onset + (tick - tones[0][0]) * scale) for tick, _ in tones]
        if all(place in line for place in places):
            heard = [line[b] - line[a] for a, b in pairwise(places)]
            wanted = [(b[1] - a[1]) * (-1 if mirror else 1) for a, b in pairwise(tones)]
            if all(abs(h - w) <= near and h * w >= 0 for h, w in zip(heard, wanted, strict=True)):
                return True
    return False


@pytest.mark.parametrize("style", ["pop-ballad", "keroncong", "dangdut", "langgam-jawa", "folk-guitar"])
def test_the_motif_stands_where_the_song_says(style: str) -> None:
    made = song(style)
    theme = made.motif
    assert theme is not None and made.vocal is not None
    assert from_plain(to_plain(made)) == made
    assert made.provenance.given[0].kind == "motif"
    tracks = {track.name: track for track in made.tracks}
    for one in theme.statements:
        tones = [(tone.onset, tone.pitch) for tone in MAJOR.tones[one.first : one.first + one.count]]
        mirror = one.form == "inversion"
        near = 1 if mirror or one.steps % 7 else 0
        assert stands(tones, tracks[one.track], one.onset, near=near, mirror=mirror), one
    sung = [one for one in theme.statements if one.track == made.vocal.name and one.form in ("statement", "repetition")]
    assert sung, "the voice must sing the whole motif"
    home = {made.section_at(one.onset + 480).kind for one in sung}  # type: ignore[union-attr]
    assert home <= {"chorus", "verse"}


def test_the_motif_moved_gives_the_same_intervals_in_the_song() -> None:
    other = replace(MAJOR, tones=tuple(replace(t, pitch=t.pitch + 5) for t in MAJOR.tones), key=Key.parse("F"))
    one, two = song("pop-ballad"), song("pop-ballad", other)
    assert one.motif is not None and two.motif is not None
    assert two.motif.motif.intervals == MAJOR.intervals == one.motif.motif.intervals
    assert to_plain(one)["tracks"] == to_plain(two)["tracks"]  # the key is the song's choice


def test_a_waltz_stays_one_where_the_style_has_it_and_else_is_held() -> None:
    waltz = song("folk-guitar", WALTZ)
    assert str(waltz.metres[0].metre) == "3/4"
    held = song("keroncong", WALTZ)
    assert str(held.metres[0].metre) == "4/4"
    assert held.motif is not None and held.motif.motif.intervals == WALTZ.intervals


def test_nobody_sings_and_an_instrument_has_it() -> None:
    made = song("string-quartet", voice=False)
    assert made.motif is not None
    assert made.vocal is None
    assert {one.form for one in made.motif.statements} & {"statement", "repetition"}


def test_strong_tones_of_the_motif_are_carried_by_the_chords() -> None:
    good = total = 0
    for style in ("pop-ballad", "keroncong", "dangdut", "folk-guitar"):
        made = song(style)
        assert made.vocal is not None and made.motif is not None
        for one in made.motif.statements:
            if one.track != made.vocal.name:
                continue
            for note in made.vocal.notes:
                chord = made.chord_at(note.onset)
                if one.onset <= note.onset < one.end and note.onset % 960 == 0 and chord is not None:
                    good, total = good + (note.pitch % 12 in chord.pitch_classes), total + 1
    assert good / total > 0.75


def test_asked_chords_and_keys_are_kept() -> None:
    from senandung.domain.chords import parse_chords

    chords = parse_chords("Am F C G")
    wishes = Wishes(minutes=1.0, motif=MAJOR, chords=chords)
    made = compose(Feeling.named("sedih"), load_style("pop-ballad"), LINES, wishes, language="id", seed=2, version="1")
    assert {span.chord for span in made.chords} <= set(chords)
    minor = Wishes(minutes=1.0, motif=MAJOR, key=Key.parse("Dm"))
    made = compose(Feeling.named("sedih"), load_style("pop-ballad"), LINES, minor, language="id", seed=2, version="1")
    assert str(made.keys[0].key) == "D minor"
    assert made.motif is not None and made.motif.motif.intervals != MAJOR.intervals


def test_the_gamelan_refuses_it() -> None:
    with pytest.raises(InvalidValueError, match="cannot be carried by ladrang, whose tones are the gamelan's"):
        song("ladrang")


def test_what_was_written_over_is_no_statement_any_more() -> None:
    made = song("pop-ballad")
    assert made.motif is not None and made.vocal is not None
    first = next(one for one in made.motif.statements if one.track == made.vocal.name)
    notes = tuple(
        replace(note, pitch=note.pitch - 1) if note.onset == first.onset else note for note in made.vocal.notes
    )
    tracks = [replace(track, notes=notes) if track is made.vocal else track for track in made.tracks]
    kept = still_standing(made.motif, made.tracks, tracks).statements
    assert first not in kept
    assert len(kept) == len(made.motif.statements) - 1


UPBEAT = Motif(
    tuple(Tone(*row) for row in ((-480, 480, 67), (0, 480, 67), (480, 480, 69), (960, 960, 64), (2400, 480, 64),
                                 (2880, 480, 65), (3360, 480, 62), (3840, 1440, 60), (5280, 480, 64), (5760, 480, 65),
                                 (6240, 480, 67), (6720, 960, 72), (7680, 960, 67))),
    Key.parse("C"), Metre(), 90.0,
)  # fmt: skip


@pytest.mark.parametrize("style", ["pop-rock", "keroncong-asli"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_place_that_is_planned_is_in_the_song(style: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    planned: list[Use] = []
    standing = Staged.standing

    def noted(staged: Staged, tracks: Sequence[Track]) -> Theme:
        planned.extend(staged.uses)
        return standing(staged, tracks)

    monkeypatch.setattr(Staged, "standing", noted)
    wishes = Wishes(minutes=1.5, motif=UPBEAT)
    made = compose(Feeling.named("girang"), load_style(style), LINES, wishes, language="id", seed=seed, version="1")
    assert made.motif is not None
    assert len(made.motif.statements) == len(planned) >= 4


def test_a_pickup_does_not_begin_while_the_motif_before_it_is_sung() -> None:
    for style in ("pop-rock", "campursari"):
        made = song(style, UPBEAT)
        assert made.motif is not None and made.vocal is not None
        sung = [one for one in made.motif.statements if one.track == made.vocal.name]
        assert all(before.end <= after.onset for before, after in pairwise(sung))


def test_a_piano_whose_hands_are_told_apart_has_the_motif_in_its_right_one() -> None:
    hands = [Note(480 * at, 480, 60, staff=1) for at in range(16)] + [
        Note(960 * at, 960, 45, staff=2) for at in range(8)
    ]
    piano = Track("Piano", "melody", "piano", tuple(sorted(hands, key=lambda note: (note.onset, note.pitch))))
    use = Use(0, "statement", 0, MAJOR.tones, 0, len(MAJOR.tones), 0, False)
    (played,) = play_theme([piano], [use], [7680])
    (found,) = theme_of(MAJOR, [use], [played]).statements
    assert (found.onset, found.track, found.count) == (0, "Piano", len(MAJOR.tones))
