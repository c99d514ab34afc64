"""The gendang's patterns, and the gamelan's instruments in a band."""

from __future__ import annotations

from composing.arranging.test_arranging import arranged
from senandung.composing.arranging.gendang import GENDANG
from senandung.composing.compose import compose
from senandung.composing.plan import Wishes
from senandung.composing.styles import load_style
from senandung.domain.feeling import Feeling
from senandung.domain.hand_drums import STROKES

LARGE = {name for name, stroke in STROKES["gendang"].items() if stroke.head in ("large", "both")}


def test_every_row_is_in_order_and_has_known_strokes() -> None:
    for rows in GENDANG.values():
        assert set(rows) == {"plain", "soft", "dense", "fill"}
        for row in rows.values():
            steps = [step for step, _, _ in row]
            assert steps == sorted(set(steps))
            assert set(steps) <= set(range(16))
            assert {syllable for _, syllable, _ in row} <= set(STROKES["gendang"])


def test_koplo_plays_the_large_drum_more_and_chalte_has_three_sounds_there() -> None:
    def large(pattern: str) -> int:
        return sum(syllable in LARGE for _, syllable, _ in GENDANG[pattern]["plain"])

    assert large("gendang-koplo") >= 1.6 * large("gendang-chalte")


def test_a_langgam_jawa_is_sung_near_pelog() -> None:
    lines = ("aku rindu kampung halaman", "malam ini hujan turun lagi")
    style = load_style("langgam-jawa")
    song = compose(Feeling.named("rindu"), style, lines, Wishes(), language="id", seed=2, version="0")
    tonic = song.keys[0].key.tonic.pitch_class
    scale = {(tonic + step) % 12 for step in (0, 4, 5, 7, 11)}
    sung = next(track for track in song.tracks if track.role == "vocal").notes
    assert sum(note.pitch % 12 in scale for note in sung) >= 0.6 * len(sung)


def test_gong_and_kempul_take_turns() -> None:
    _, tracks = arranged("campursari", "4/4", "C", "senang", 1)
    gong, kempul = (next(t for t in tracks if t.name == name) for name in ("Gong", "Kempul"))
    bars = {note.onset // 1920 for note in gong.notes}, {note.onset // 1920 for note in kempul.notes}
    assert len(bars[0] & bars[1]) <= 1  # the last chord
    assert min(bars[0]) < min(bars[1])
