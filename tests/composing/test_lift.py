"""The raised last chorus: everything from it on a tone higher, everything before it untouched."""

from __future__ import annotations

from dataclasses import replace

from senandung.composing.compose import compose, sketch_song
from senandung.composing.lift import choose_lift, raise_tracks
from senandung.composing.melody.write import lead_range
from senandung.composing.plan import Plan, Wishes
from senandung.composing.styles import load_style
from senandung.domain.chords import parse_chords
from senandung.domain.feeling import Feeling
from senandung.domain.scales import Key
from senandung.domain.song import Song

LINES = ("aku rindu kamu", "malam ini hujan turun lagi")
BALLAD = load_style("pop-ballad")
SAD = Feeling.named("sedih")


def song_of(seed: int, wishes: Wishes = Wishes()) -> Song:  # noqa: B008
    return compose(SAD, BALLAD, LINES, wishes, language="id", seed=seed, version="0")


def raised_seed() -> int:
    plans = (sketch_song(SAD, BALLAD, LINES, Wishes(), language="id", seed=seed).plan for seed in range(12))
    return next(seed for seed, plan in enumerate(plans) if plan.lift)


def test_the_last_chorus_and_the_end_stand_a_tone_higher() -> None:
    seed = raised_seed()
    song = song_of(seed)
    home, raised = song.keys
    assert (raised.key.tonic.pitch_class - home.key.tonic.pitch_class) % 12 == 2
    assert raised.key.mode == home.key.mode
    assert raised.onset == [s.onset for s in song.sections if s.kind == "chorus"][-1]
    low, high = lead_range(BALLAD)
    assert song.vocal is not None
    assert all(low <= note.pitch <= high for note in song.vocal.notes)
    tuned = [track for track in song.tracks if not track.sound.drum]
    assert not any(n.onset < raised.onset < n.end for track in tuned for n in track.notes)
    assert all(track.sound.plays(note.pitch) for track in tuned for note in track.notes)
    ending = [note.pitch for track in tuned for note in track.notes if note.end >= song.end - 240]
    assert min(ending) % 12 == raised.key.tonic.pitch_class
    assert song.chords[-1].chord.root == raised.key.tonic
    again = [note for note in song.vocal.notes if note.onset >= raised.onset]
    first = next(s for s in song.sections if s.kind == "chorus")
    heard = [note for note in song.vocal.notes if first.onset <= note.onset < first.end]
    ends = [{note.syllable: note.pitch for note in notes} for notes in (again, heard)]  # a tone may lean on the first
    assert list(ends[0].values())[:4] == [pitch + 2 for pitch in list(ends[1].values())[:4]]


def test_a_wished_key_or_wished_chords_stay() -> None:
    seed = raised_seed()
    assert len(song_of(seed, Wishes(key=Key.parse("Am"))).keys) == 1
    assert len(song_of(seed, Wishes(chords=parse_chords("Am F C G"))).keys) == 1


def test_some_ballads_rise_and_others_do_not() -> None:
    plan = sketch_song(SAD, BALLAD, LINES, Wishes(), language="id", seed=0).plan
    plan = replace(plan, lift=0)
    lifts = [choose_lift(plan, BALLAD, Wishes(), seed=seed).lift for seed in range(60)]
    assert 10 <= sum(lift > 0 for lift in lifts) <= 30
    assert choose_lift(plan, load_style("keroncong"), Wishes(), seed=raised_seed()).lift == 0


def test_without_a_lift_nothing_changes() -> None:
    sketch = sketch_song(SAD, BALLAD, LINES, Wishes(), language="id", seed=0)
    plan: Plan = replace(sketch.plan, lift=0)
    tracks = song_of(0).tracks
    assert raise_tracks(plan, tracks) == tracks
