"""Tables from tiny archives written here, and what the shipped tables hold."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.composing.tables import TABLE_NAMES, MarkovChain, load_chain, load_table
from senandung.learning.extract_chords import examples, parse_salami
from senandung.learning.extract_drums import extract as extract_drums
from senandung.learning.extract_hymns import read_hymns
from senandung.learning.extract_melody import arch, bar_patterns, interval_examples, measure, phrases
from senandung.learning.sung_lines import read_abc, read_mxl
from senandung.learning.tables import build_tables, is_held_out

SALAMI = """# title: Song
# artist: Nobody
# metre: 4/4
# tonic: G

0.0\tsilence
0.5\tA, intro, | G:maj | C:maj/5 D:7 | x2, (guitar
4.0\tB, verse, | G:maj | E:min7 . C:maj(9) . | (2/4) D:sus4(b7) |, (voice
8.0\t| G:maj | D:maj |
# tonic: A
12.0\tC, chorus, | A:maj | D:maj | E:7 | A:maj |
16.0\tsilence
20.0\tend
"""

ABC = """X: 1
T: Tune
M: 3/4 % time
L: 1/4
V: S1V1 clef=treble
K: Eb % key
[V: S1V1] [Q:1/4=90] G/ F/ | E E G/ B/ | ^F =F G | (3c/B/A/ {c}E2 |]
w: 1.~Come, Thou Fount of ev- ery bless- ing, * * * * now.
[V: S1V2]  E/ D/ | E E E/ E/ | D D E | E E2 |]
"""


def mxl(path: Path, sung: str) -> None:
    """A score of one part whose measures are given as XML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = '<?xml version="1.0"?><score-partwise><part-list><score-part id="P1"><part-name>V</part-name></score-part>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("score.xml", f'{head}</part-list><part id="P1">{sung}</part></score-partwise>')


def note(step: str, octave: int, length: int, text: str = "", tie: str = "", syllabic: str = "single") -> str:
    lyric = f"<lyric><syllabic>{syllabic}</syllabic><text>{text}</text></lyric>" if text else ""
    tied = f'<tie type="{tie}"/>' if tie else ""
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{pitch}<duration>{length}</duration>{tied}<voice>1</voice>{lyric}</note>"


SCORE = (
    "<measure><attributes><divisions>2</divisions><key><fifths>0</fifths></key>"
    "<time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
    + note("G", 4, 2, "a")
    + "</measure><measure><harmony><root><root-step>C</root-step></root><kind>major</kind></harmony>"
    + note("C", 5, 2, "rin")
    + note("B", 4, 2, "du")
    + note("A", 4, 4, "mu,", tie="start")
    + "</measure><measure><harmony><root><root-step>G</root-step></root><kind>dominant</kind></harmony>"
    + note("A", 4, 2, tie="stop")
    + note("G", 4, 2, "ma")
    + note("F", 4, 2, "lam")
    + note("E", 4, 2, "i")
    + "</measure><measure>"
    + note("D", 4, 2, "ni")
    + note("D", 4, 2, "hu")
    + note("C", 4, 4, "jan.")
    + "</measure>"
)


def write_archives(data: Path) -> None:
    for number in range(30):
        path = data / "mcgill_billboard" / "billboard-2.0-salami_chords" / f"{number:04}" / "salami_chords.txt"
        path.parent.mkdir(parents=True)
        path.write_text(SALAMI, encoding="utf-8")
        long = SCORE * 4
        mxl(data / "openewld" / "dataset" / "Nobody" / f"Tune_{number}" / f"Tune_{number}.mxl", long)
        mxl(data / "openscore_lieder" / "scores" / "Nobody" / "_" / f"Song_{number}" / f"lc{number}.mxl", SCORE)
        hymn = data / "open_hymnal" / "Complete" / f"Hymn_{number}" / f"Hymn_{number}.abc"
        hymn.parent.mkdir(parents=True)
        hymn.write_text(ABC, encoding="utf-8")
    for name in ("mcgill_billboard", "openewld", "openscore_lieder", "open_hymnal"):
        (data / name / "SOURCE_COMMIT").write_text("example 123\n", encoding="utf-8")
    write_drums(data / "groove_midi")


def write_drums(folder: Path) -> None:
    groove = folder / "groove"
    groove.mkdir(parents=True)
    rows = ["drummer,session,id,style,bpm,beat_type,time_signature,midi_filename,audio_filename,duration,split"]
    for number, (kind, split) in enumerate([("beat", "train"), ("fill", "train"), ("beat", "test"), ("beat", "train")]):
        rows.append(f"d,s,s/{number},rock/slow,100,{kind},4-4,{number}.mid,,1.0,{split}")
        midi = mido.MidiFile(ticks_per_beat=480)
        track = mido.MidiTrack()
        midi.tracks.append(track)
        hits = []
        for bar in range(18):
            for step in range(0, 16, 2):
                keys = [42] + ([36] if step in (0, 8) else [38] if step in (4, 12) else [])
                keys = [43, 38] if kind == "fill" and step >= 8 else keys
                hits += [((bar * 16 + step) * 120 + 7, 40 if split == "test" else key) for key in keys]
        at = 0
        for tick, key in hits:
            track.append(mido.Message("note_on", note=key, velocity=90, time=tick - at, channel=9))
            at = tick
        midi.save(groove / f"{number}.mid")
    rows.append("d,s,s/9,rock,100,beat,4-4,kept_back.mid,,1.0,train")
    (groove / "info.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_tables_are_built_from_archives_and_rebuilt_to_the_byte(tmp_path: Path) -> None:
    write_archives(tmp_path / "data")
    told: list[str] = []
    outs = [tmp_path / "one", tmp_path / "two"]
    for out in outs:
        out.mkdir()
        build_tables(tmp_path / "data", out, told.append)
    names = sorted(path.name for path in outs[0].iterdir())
    tables = {f"{name}{end}" for name in (*TABLE_NAMES, "drums") for end in (".card.md", ".json")}
    assert set(names) == tables | {"drum-feel.card.md", "drum-feel.safetensors"}
    assert all((outs[0] / name).read_bytes() == (outs[1] / name).read_bytes() for name in names)
    chords = json.loads((outs[0] / "chords.json").read_text())
    card = (outs[0] / "chords.card.md").read_text()
    held_out = [f"{number:04}" for number in range(30) if is_held_out(f"{number:04}")]
    assert held_out
    assert chords["pop"]["major"]["0\t^chorus\t^chorus"] == {"I": 30 - len(held_out)}
    assert all(name in card for name in held_out)
    assert "example 123" in card
    assert "| pop | major |" in card
    assert json.loads((outs[0] / "form.json").read_text())["bars"]["chorus"] == {"4": 30 - len(held_out)}
    assert told[0] == "mcgill_billboard"


def test_salami_lines_become_numerals() -> None:
    song = parse_salami(SALAMI, "0001")
    assert song is not None
    assert (song.metre, song.minor) == ("4/4", False)
    assert [(section.kind, section.bars) for section in song.sections] == [
        ("intro", (("I",), ("IV", "V7")) * 2),
        ("verse", (("I",), ("vi7", "IV"), ("Vsus4",), ("I",), ("V",))),
        ("chorus", (("I",), ("IV",), ("V7",), ("I",))),
    ]
    pairs = list(examples(song))
    assert pairs[0] == (("0", "^intro", "^intro"), "I")
    assert pairs[-1] == (("e1", "V7", "IV"), "I")


def test_salami_without_a_tonic_is_left_out() -> None:
    assert parse_salami("# metre: 4/4\n0.0\tA, verse, | C:maj |\n", "x") is None


def test_a_score_gives_its_sung_notes(tmp_path: Path) -> None:
    mxl(tmp_path / "a.mxl", SCORE)
    (part,) = read_mxl(tmp_path / "a.mxl")
    assert (str(part.key), part.metre) == ("C major", "4/4")
    assert [(n.bar, n.position, n.duration, n.begins) for n in part.notes][:5] == [
        (0, 1440, 480, True), (1, 0, 480, True), (1, 480, 480, True), (1, 960, 1440, True), (2, 480, 480, True),
    ]  # fmt: skip
    assert part.notes[1].chord is not None
    assert part.notes[1].chord.letters() == "C"
    first, second = phrases(part)
    assert [n.pitch for n in first.notes] == [67, 72, 71, 69]
    assert first.notes[-1].duration == 1440
    assert (first.last, second.last) == (False, True)
    assert arch(second) == "descending"
    assert list(bar_patterns(first)) == [("4/4", "only", "0 4 8")]
    assert list(bar_patterns(second)) == [("4/4", "first", "4 8 12"), ("4/4", "last", "0 4 8")]
    assert [symbol for _, symbol in interval_examples(first)] == ["5", "-1", "-2"]
    assert [context for context, _ in interval_examples(first)][:2] == [("7", "^", "s"), ("0", "U", "s")]


def test_a_score_without_words_gives_nothing(tmp_path: Path) -> None:
    mxl(tmp_path / "a.mxl", SCORE.replace("lyric>", "other>"))
    assert read_mxl(tmp_path / "a.mxl") == []


def test_a_bar_that_is_cut_at_a_repeat_is_one_bar(tmp_path: Path) -> None:
    cut = (
        SCORE
        + "<measure>"
        + note("E", 4, 4, "la")
        + note("E", 4, 2, "gi")
        + '<barline><repeat direction="backward"/></barline></measure>'
        + '<measure implicit="yes">'
        + note("G", 4, 2, "ma")
        + "</measure><measure>"
        + note("C", 4, 8, "lam")
        + "</measure>"
    )
    mxl(tmp_path / "a.mxl", cut)
    (part,) = read_mxl(tmp_path / "a.mxl")
    assert [(n.bar, n.position, n.duration) for n in part.notes][-4:] == [
        (4, 0, 960), (4, 960, 480), (4, 1440, 480), (5, 0, 1920),
    ]  # fmt: skip


def test_words_say_where_clauses_end_and_only_the_first_verse_counts(tmp_path: Path) -> None:
    second = note("C", 4, 8, "oh").replace("<lyric>", '<lyric number="2">')
    halves = note("C", 4, 4, "ha,", syllabic="begin") + note("C", 4, 4, "ti,", syllabic="end")
    mxl(tmp_path / "a.mxl", f"{SCORE}<measure>{second}</measure><measure>{halves}</measure>")
    (part,) = read_mxl(tmp_path / "a.mxl")
    assert [(n.begins, n.ends_line) for n in part.notes][-4:] == [
        (True, True), (False, False), (True, False), (True, True),
    ]  # fmt: skip


def test_a_new_metre_or_signature_begins_a_stretch(tmp_path: Path) -> None:
    waltz = "".join(
        f"<measure>{note('D', 4, 2, 'la')}{note('E', 4, 2, 'la')}{note('F', 4, 2, 'la')}</measure>" for _ in range(3)
    ).replace(
        "<measure>",
        "<measure><attributes><key><fifths>-1</fifths></key><time><beats>3</beats><beat-type>4</beat-type></time></attributes>",
        1,
    )
    mxl(tmp_path / "a.mxl", SCORE + waltz)
    first, second = read_mxl(tmp_path / "a.mxl")
    assert (str(first.key), first.metre, second.metre, len(second.notes)) == ("C major", "4/4", "3/4", 9)
    assert str(second.key) in ("F major", "D minor")


def test_a_hymn_that_changes_its_metre_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.abc"
    bars = "G G E | F F G | E E C |" * 3
    words = "w: " + " ".join(["la"] * 27)
    head = "X: 1\nT: Tune\nM: 3/4\nL: 1/4\nV: S1V1\nK: C\n"
    path.write_text(f"{head}[V: S1V1] {bars}\n{words}\n", encoding="utf-8")
    assert len(read_abc(path)[0].notes) == 27
    path.write_text(f"{head}[V: S1V1] {bars.replace('F F G', '[M:4/4] F F G G', 1)}\n{words}\n", encoding="utf-8")
    assert read_abc(path) == []


def test_a_hymn_gives_its_upper_voice(tmp_path: Path) -> None:
    path = tmp_path / "a.abc"
    path.write_text(ABC, encoding="utf-8")
    (part,) = read_abc(path)
    assert (str(part.key), part.metre) == ("Eb major", "3/4")
    rows = [(n.bar, n.position, n.duration, n.pitch) for n in part.notes]
    assert rows[:4] == [(0, 960, 240, 67), (0, 1200, 240, 65), (1, 0, 480, 63), (1, 480, 480, 63)]
    assert [pitch for _, _, _, pitch in rows[6:9]] == [66, 65, 67]
    assert [duration for _, _, duration, _ in rows[9:12]] == [160, 160, 160]
    assert [n.begins for n in part.notes][-5:] == [False, False, False, False, True]


def test_four_voices_become_numerals(tmp_path: Path) -> None:
    voices = {
        "S1V1": "C | E D C B, | C3 |]",
        "S1V2": "G, | G, A, G, G, | G,3 |]",
        "S2V1": "E, | C, F, E, D, | E,3 |]",
        "S2V2": "C, | C, D, G,, G,, | C,3 |]",
    }
    head = "X: 1\nM: 4/4\nL: 1/4\nK: C\n"
    words = "w: one two three four five six."
    body = [f"[V: {name}] {text}" for name, text in voices.items()]
    text = head + "\n".join([body[0], words, *body[1:]] * 8)
    path = tmp_path / "Complete" / "Hymn" / "Hymn.abc"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace("C3 |]", "C3 |"), encoding="utf-8")
    (song,) = read_hymns(tmp_path)
    assert (song.minor, song.metre) == (False, "4/4")
    assert song.sections[0].bars[0][0] == "I"
    assert song.sections[0].bars[0][-1] == "V"
    path.write_text(text.replace("G,,3", "G,,2").replace("C,3", "C,2"), encoding="utf-8")
    assert read_hymns(tmp_path) == []


def test_drums_count_performances_of_the_train_split_only(tmp_path: Path) -> None:
    write_drums(tmp_path)
    table = extract_drums(tmp_path)
    assert list(table) == ["rock"]
    (pattern,) = table["rock"]["patterns"]
    assert pattern["count"] == 2
    assert pattern["hits"]["36"] == [[0, 90], [8, 90]]
    assert pattern["hits"]["38"] == [[4, 90], [12, 90]]
    assert len(pattern["hits"]["42"]) == 8
    assert table["rock"]["bars"] == 34
    assert table["rock"]["fills"][0]["hits"]["43"] == [[8, 90], [10, 90], [12, 90], [14, 90]]


def test_measures_of_a_phrase() -> None:
    assert measure([60, 60, 62, 67, 66]) == {"range": 7.0, "repeats": 0.25, "steps": 0.5, "leaps": 0.25}


# chains

PAIRS = st.lists(st.tuples(st.tuples(st.sampled_from("ab"), st.sampled_from("xy")), st.sampled_from("pqr")), min_size=1)


@given(pairs=PAIRS, context=st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")))
def test_chains_predict_a_distribution_and_round_trip(
    pairs: list[tuple[tuple[str, str], str]], context: tuple[str, str]
) -> None:
    chain = MarkovChain.fit(pairs)
    shares = chain.predict(context)
    assert sum(shares.values()) == pytest.approx(1)
    assert all(share > 0 for share in shares.values())
    assert MarkovChain.from_plain(json.loads(json.dumps(chain.to_plain()))) == chain
    assert chain.sample(context, random.Random(1)) in chain.alphabet


def test_a_chain_learns_what_follows() -> None:
    chain = MarkovChain.fit([(("a",), "x")] * 20 + [(("b",), "y")] * 20)
    assert chain.probability("x", ("a",)) > 0.85
    assert chain.probability("y", ("a",)) < 0.15
    assert chain.bits([(("a",), "x")]) < 0.3
    assert chain.bits([(("a",), "never")]) == 2.0
    assert chain.sample(("a",), random.Random(1), weigh=lambda symbol: float(symbol == "y")) == "y"


# what is shipped


@pytest.mark.parametrize(
    ("path", "mode"), [("pop", "major"), ("pop", "minor"), ("song", "major"), ("song", "minor"), ("hymn", "major")]
)
def test_shipped_chord_chains_know_their_tonic(path: str, mode: str) -> None:
    chain = load_chain("chords", path, mode)
    tonic = "I" if mode == "major" else "i"
    assert max(chain.counts[()], key=lambda bar: chain.counts[()][bar]) == tonic


def test_shipped_melody_sings_chord_tones_on_strong_beats_and_ends_at_home() -> None:
    table = load_table("melody")
    shares = [table["chord_tones"][str(weight)][0] / table["chord_tones"][str(weight)][1] for weight in (0, 2, 4)]
    assert shares == sorted(shares)
    last = table["endings"]["major"]["last"]
    assert last["0"] > 0.6 * sum(last.values())


@pytest.mark.parametrize("name", [*TABLE_NAMES, "drums"])
def test_shipped_tables_are_small_and_have_a_card(name: str) -> None:
    from importlib import resources

    folder = resources.files("senandung.weights")
    assert len(folder.joinpath(f"{name}.json").read_bytes()) < 300_000
    assert "commit" in folder.joinpath(f"{name}.card.md").read_text("utf-8") or "github.com" in folder.joinpath(
        f"{name}.card.md"
    ).read_text("utf-8")
