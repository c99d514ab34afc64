"""Readers for training on small scores of our own, the audit, duplicates and the split."""

from __future__ import annotations

import io
import itertools
import random
from pathlib import Path

import mido
import pytest

from learning.toy import TUNE, other_tune, tune_piece, tune_score
from senandung.composing.pieces.ensembles import ensemble_of
from senandung.composing.pieces.key_reading import find_key, fits_key
from senandung.composing.pieces.piece import METRES, Piece, PieceNote
from senandung.composing.pieces.tokens import decode, encode
from senandung.domain.errors import FileError
from senandung.learning.corpus.assemble import assemble
from senandung.learning.corpus.build import join_duplicates, read_corpus, read_set
from senandung.learning.corpus.chord_plans import read_chord_plan
from senandung.learning.corpus.classes import class_of_name
from senandung.learning.corpus.declared import agree, declared_classes
from senandung.learning.corpus.duplicates import find_groups, melody_shingles
from senandung.learning.corpus.kern_reader import parse_kern
from senandung.learning.corpus.midi_reader import parse_midi_raw
from senandung.learning.corpus.musicxml_reader import parse_musicxml_raw
from senandung.learning.corpus.raw import FINE, RawMeasure, RawNote, RawPart, RawScore
from senandung.learning.corpus.sets import SETS, Work, composer_style
from senandung.learning.corpus.split import SHARE, validation_groups
from senandung.learning.pack import load_folder, save_folder

# readers

KERN = """!!!COM: Nobody
!!!OTL: A test
**kern\t**kern\t**text
*part2\t*part1\t*
*Icello\t*Isoprn\t*
*F:\t*F:\t*
*k[b-]\t*k[b-]\t*
*M3/4\t*M3/4\t*
=1-\t=1-\t=1-
*\t*^\t*
4r\t4r\t4c\tSing
=2\t=2\t=2\t=2
2.F\t4A\t4f\tto
.\t4c\t[4f\tme
.\t4A\t4f]\t.
*\t*v\t*v\t*
=3\t=3\t=3
.\t8gg#q\t.
12C\t2.e-\tnow
12E\t.\t.
12G\t.\t.
2C\t.\t.
==\t==\t==
*-\t*-\t*-
"""


def test_kern_ties_splits_graces_triplets_syllables_and_pickup() -> None:
    raw = parse_kern(KERN)
    assert [part.instrument for part in raw.parts] == ["soprano", "cello"]
    assert raw.facts["COM"] == "Nobody"
    soprano, cello = (sorted(part.notes) for part in raw.parts)
    q = FINE
    assert [(n.start / q, n.length / q, n.pitch) for n in soprano] == [
        (0, 1, 60), (1, 1, 57), (1, 1, 65), (2, 1, 60), (2, 2, 65), (3, 1, 57), (4, 3, 63)
    ]  # fmt: skip
    assert [(n.start, n.length, n.pitch) for n in cello] == [
        (q, 3 * q, 53), (4 * q, q // 3, 48), (4 * q + q // 3, q // 3, 52), (4 * q + 2 * q // 3, q // 3, 55),
        (5 * q, 2 * q, 48),
    ]  # fmt: skip
    assert [(m.length / q) for m in raw.measures] == [1, 3, 3]
    assert raw.measures[0].key == (5, "major")


def test_a_pickup_stands_at_the_end_of_a_whole_bar() -> None:
    score = tune_score(TUNE)
    score.measures = [RawMeasure(0, FINE, "4/4")] + [
        RawMeasure(FINE * (1 + 4 * i), 4 * FINE) for i in range(len(TUNE) * 2 // 4)
    ]
    pieces, counts = assemble(score, "irish")
    assert pieces[0].bars[0].notes[0] == (PieceNote(72, 60, 24),)
    assert pieces[0].bars[1].notes[0][0] == PieceNote(0, 62, 24)
    assert counts["bars: pickups"] == 1


XML = """<?xml version="1.0"?>
<score-partwise><work><work-title>Test</work-title></work><part-list>
<score-part id="P1"><part-name>Clarinet in B</part-name></score-part>
<score-part id="P2"><part-name>Piano</part-name></score-part></part-list>
<part id="P1"><measure number="1"><attributes><divisions>2</divisions><key><fifths>2</fifths></key>
<time><beats>2</beats><beat-type>4</beat-type></time>
<transpose><chromatic>-2</chromatic></transpose></attributes>
<note><pitch><step>D</step><octave>5</octave></pitch><duration>4</duration><tie type="start"/></note></measure>
<measure number="2"><note><pitch><step>D</step><octave>5</octave></pitch><duration>2</duration><tie type="stop"/></note>
<note><rest/><duration>2</duration></note></measure></part>
<part id="P2"><measure number="1"><attributes><divisions>1</divisions><key><fifths>0</fifths></key></attributes>
<note><grace/><pitch><step>B</step><octave>4</octave></pitch></note>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>1</duration><staff>1</staff></note>
<note><chord/><pitch><step>E</step><alter>-1</alter><octave>4</octave></pitch><duration>1</duration><staff>1</staff></note>
<backup><duration>1</duration></backup>
<note><pitch><step>C</step><octave>3</octave></pitch><duration>2</duration><staff>2</staff></note></measure>
<measure number="2"><note><rest measure="yes"/><duration>2</duration></note></measure></part></score-partwise>"""


def test_musicxml_transposes_joins_ties_and_keeps_staves_apart() -> None:
    raw = parse_musicxml_raw(XML.encode(), Path("test.xml"))
    assert [(part.instrument, part.notes) for part in raw.parts] == [
        ("clarinet", [RawNote(0, 3 * FINE, 72)]),
        ("piano", [RawNote(0, FINE, 60), RawNote(0, FINE, 63)]),
        ("piano", [RawNote(0, 2 * FINE, 48)]),
    ]
    assert [(m.start, m.length, m.metre, m.fifths) for m in raw.measures] == [
        (0, 2 * FINE, "2/4", 0), (2 * FINE, 2 * FINE, None, None)
    ]  # fmt: skip


def midi_bytes(*, pickup: bool, late: int = 0) -> bytes:
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("time_signature", numerator=3, denominator=4))
    track.append(mido.MetaMessage("key_signature", key="G"))
    wait = late
    pitches = ([62] if pickup else []) + [p for _ in range(10) for p in (67, 71)]
    for index, pitch in enumerate(pitches):
        short = (pickup and index == 0) or pitch == 71
        track.append(mido.Message("note_on", note=pitch, velocity=80, time=wait))
        track.append(mido.Message("note_off", note=pitch, velocity=0, time=(480 if short else 960) - late))
        wait = late
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("late", [0, 1])
def test_midi_finds_the_pickup_and_forgives_a_late_tick(late: int) -> None:
    pieces, _ = assemble(parse_midi_raw(midi_bytes(pickup=True, late=late), Path("x.mid")), "irish")
    assert pieces[0].bars[0].notes[0] == (PieceNote(48, 62, 24),)
    assert pieces[0].bars[1].notes[0] == (PieceNote(0, 67, 48), PieceNote(48, 71, 24))
    assert (pieces[0].bars[0].tonic, pieces[0].bars[0].metre) == (7, "3/4")


def test_midi_without_pickup_stays_where_it_is() -> None:
    pieces, counts = assemble(parse_midi_raw(midi_bytes(pickup=False), Path("x.mid")), "irish")
    assert pieces[0].bars[0].notes[0][0] == PieceNote(0, 67, 48)
    assert not counts["bars: pickups"]


def test_what_is_no_midi_is_refused() -> None:
    with pytest.raises(FileError, match="not a MIDI file"):
        parse_midi_raw(b"RIFFxxxxxxxxxxxxxxx", Path("x.mid"))


def test_abc_is_read_by_the_projects_reader(tmp_path: Path) -> None:
    from senandung.learning.corpus.abc_reader import read_abc

    path = tmp_path / "tune.abc"
    path.write_text("X:1\nT:Tune\nM:4/4\nL:1/4\nK:F\nC|FGAB|cAFC|DEFG|F3C|FGAB|c4|\n", encoding="utf-8")
    raw = read_abc(path)
    pieces, _ = assemble(raw, "hymn")
    assert pieces[0].bars[0].tonic == 5
    assert pieces[0].note_count == 20


@pytest.mark.parametrize(
    ("dates", "kept"),
    [("1881/08/02-1961/11/30", False), ("1879-1953", True), ("~1600-1650", True)],
)
def test_composers_who_died_lately_are_left_out(tmp_path: Path, dates: str, kept: bool) -> None:
    path = tmp_path / "polish_scores" / "x" / "kern" / "a.krn"
    path.parent.mkdir(parents=True)
    notes = "\n".join("4c 4e 4g".replace(" ", "\n") for _ in range(12))
    path.write_text(f"!!!CDT: {dates}\n**kern\n*M3/4\n*C:\n{notes}\n*-\n", encoding="utf-8")
    (found,) = [found for found in SETS if found.name == "polish_scores"]
    (made,) = read_set(found, tmp_path)
    assert made.dropped["work: composer died less than seventy years ago"] == (not kept)


# audit


def test_bars_that_are_too_long_are_dropped_and_not_the_work() -> None:
    score = tune_score(TUNE)
    score.measures[5].length += FINE * 9 // 2
    for measure in score.measures[6:]:
        measure.start += FINE * 9 // 2
    score.parts[0].notes = [n if n.start < 24 * FINE else n._replace(start=n.start + FINE * 9 // 2)
                            for n in score.parts[0].notes]  # fmt: skip
    pieces, counts = assemble(score, "irish")
    assert [len(piece.bars) for piece in pieces] == [5, 6]
    assert [piece.opening for piece in pieces] == [True, False]
    assert [piece.bars_after for piece in pieces] == [7, 0]
    assert counts["bars: too long or of an odd metre"] == 1


def test_music_without_a_key_is_dropped_with_its_reason() -> None:
    chromatic = tuple(60 + (7 * i) % 12 for i in range(48))
    pieces, counts = assemble(tune_score(chromatic), "irish")
    assert pieces == []
    assert counts["work: key doubtful"] == 1


def test_a_cap_keeps_whole_bars_and_counts_the_rest() -> None:
    pieces, counts = assemble(tune_score(TUNE), "sacred", cap=22)
    assert pieces[0].note_count == 20
    assert pieces[0].bars_after == 7
    assert counts["bars: over the cap"] == 7


def test_the_key_follows_the_signature() -> None:
    profile = [9.0, 0, 5, 0, 7, 4, 0, 8, 0, 4, 0, 3]
    assert find_key(profile, 0, 0)[:2] == (0, "major")
    assert find_key(profile[-3:] + profile[:-3], 3, 9)[0] in (9, 6)
    assert fits_key(profile, 0, "major") == 1.0


def test_chords_are_read_from_what_sounds() -> None:
    bass = [RawNote(4 * i * FINE, 4 * FINE, p) for i, p in enumerate((48, 43, 48, 41) * 3)]
    third = [RawNote(4 * i * FINE, 4 * FINE, p) for i, p in enumerate((64, 59, 64, 57) * 3)]
    fifth = [RawNote(4 * i * FINE, 4 * FINE, p) for i, p in enumerate((67, 62, 67, 60) * 3)]
    measures = [RawMeasure(4 * i * FINE, 4 * FINE, "4/4") for i in range(12)]
    score = RawScore([RawPart("p", "piano", False, sorted(bass + third + fifth))], measures)
    (piece,), _ = assemble(score, "bach")
    assert [str(bar.chords[0].root) + bar.chords[0].quality for bar in piece.bars[:4] if bar.chords[0]] == [
        "0maj", "7maj", "0maj", "5maj"
    ]  # fmt: skip
    assert all(len(bar.chords) == (2 if METRES[bar.metre].halves else 1) for bar in piece.bars)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Violoncello", "cello"), ("Corno Primo", "horn"), ("Clarino 1mo", "trumpet"), ("Clarinetto", "clarinet"),
     ("Contrabasso", "contrabass"), ("Fortepiano", "piano"), ("Timpani", "timpani"), ("", None)],
)  # fmt: skip
def test_names_of_parts(name: str, expected: str | None) -> None:
    assert class_of_name(name) == expected


def test_ensembles_and_composers() -> None:
    assert ensemble_of(["soprano", "alto", "tenor", "basso"]) == "choir"
    assert ensemble_of(["electric-guitar", "bass", "drums"]) == "band"
    assert composer_style("Bach,_Johann_Sebastian") == "bach"
    assert composer_style("Bach, Carl Philipp Emanuel") is None
    assert composer_style("Moniuszko, Stanisław") == "moniuszko"


# duplicates and split


def test_a_transposed_and_slightly_edited_copy_is_found_and_another_tune_is_not() -> None:
    edited = (*TUNE[:10], TUNE[10] + 2, *TUNE[11:])
    copy = tuple(pitch + 5 for pitch in edited)
    shingles = [melody_shingles([tune_piece(t)]) for t in (TUNE, other_tune(3), copy)]
    pairs = find_groups(shingles)
    assert [(one, other) for one, other, _ in pairs] == [(0, 2)]
    assert 0.35 <= pairs[0][2] < 1


def test_a_movement_is_found_in_a_file_that_holds_the_whole_work() -> None:
    rng = random.Random(4)
    scale = (0, 2, 4, 5, 7, 9, 11, 12, 14, 16)
    movements = [tuple(60 + rng.choice(scale) for _ in range(80)) for _ in range(4)]
    whole = tuple(itertools.chain(*movements))
    tunes = [whole, tuple(pitch + 2 for pitch in movements[2]), tuple(60 + rng.choice(scale) for _ in range(80))]
    shingles = [melody_shingles([tune_piece(tune, repeats=1)]) for tune in tunes]
    pairs = find_groups(shingles)
    assert [(one, other) for one, other, _ in pairs] == [(0, 1)]
    assert pairs[0][2] < 0.35


def work(name: str, piece: Piece, group: str, found: str = "set") -> Work:
    made = Work(found, Path(name), name, "", "irish", "", "", group)
    made.pieces = [piece]
    return made


def test_copies_share_a_group_and_exact_ones_are_dropped() -> None:
    works = [
        work("a", tune_piece(TUNE), "one"),
        work("b", tune_piece(tuple(p + 2 for p in TUNE)), "two"),
        work("c", tune_piece(other_tune(5)), "three"),
    ]
    joined = join_duplicates(works)
    assert joined[0].group == joined[1].group != joined[2].group
    assert joined[1].pieces == []
    assert joined[1].dropped["work: copy of another"] == 1


def test_the_split_takes_whole_groups_and_some_of_every_set() -> None:
    piece = tune_piece(TUNE)
    works = [work(f"{s}{i}", piece, f"{s}/{i // 2}", s) for s, n in (("large", 200), ("small", 40)) for i in range(n)]
    kept = validation_groups(works, seed=1)
    for name in ("large", "small"):
        share = sum(w.group in kept for w in works if w.set == name) / sum(w.set == name for w in works)
        assert SHARE <= share <= 0.2
    train, valid = ({w.group for w in works if (w.group in kept) is side} for side in (False, True))
    assert train
    assert not train & valid
    assert validation_groups(works, seed=1) == kept != validation_groups(works, seed=2)


# what a catalogue says, and what sounds


@pytest.mark.parametrize(
    ("own", "text", "expected"),
    [
        (["piano"] * 4, "Voice (SATB)", ["soprano", "alto", "tenor", "basso"]),
        (["piano", "piano"], "Guitar", ["guitar", "guitar"]),
        (["flute", "flute", "tuba"], "Organ", ["organ", "organ", "organ"]),
        (["horn", "piano", "piano"], "Piano", ["horn", "piano", "piano"]),
        (["violin", "piano", "piano"], "Violin", ["violin", "piano", "piano"]),
        (["piano", "basso"], "Mandolin and Bass", ["mandolin", "contrabass"]),
        (["violin", "viola", "cello", "basso"], "2 Violins, Viola, 'Cello, Organ",
         ["violin", "viola", "cello", "contrabass"]),
        (["violin", "violin", "viola", "cello"], "String Quartet", ["violin", "violin", "viola", "cello"]),
        (["piano"] * 4, "String Quartet", ["violin", "violin", "viola", "cello"]),
        (["piano", "piano", "piano"], "Voice and Piano", ["voice", "piano", "piano"]),
        (["oboe", "drums"], "Piano", ["oboe", "drums"]),
        (["oboe"], "Conductor's score", ["oboe"]),
    ],
)  # fmt: skip
def test_the_catalogue_corrects_what_the_file_says_of_its_parts(own: list[str], text: str, expected: list[str]) -> None:
    assert agree(own, ["upper"] * len(own), declared_classes(text)) == expected


def test_a_bass_beside_drums_is_no_choir_voice() -> None:
    file = mido.MidiFile(ticks_per_beat=480)
    for name, channel, program in (("Pick Bass", 0, 34), ("drums", 9, 0), ("Basic", 1, 30)):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        track.append(mido.Message("program_change", channel=channel, program=program))
        track.append(mido.Message("note_on", channel=channel, note=40, velocity=80))
        track.append(mido.Message("note_off", channel=channel, note=40, time=480))
        file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    raw = parse_midi_raw(buffer.getvalue(), Path("x.mid"))
    assert [part.instrument for part in raw.parts] == ["bass", "drums", "electric-guitar"]


def test_an_unaccompanied_line_has_triads_and_a_harmonised_one_sevenths() -> None:
    broken = (60, 64, 67, 70) * 12
    alone, _ = assemble(tune_score(broken, repeats=1), "irish", least_fit=0.5)
    assert {chord.quality for bar in alone[0].bars for chord in bar.chords if chord} <= {"maj", "min", "dim"}
    score = tune_score(broken, repeats=1)
    score.parts.append(RawPart("low", "cello", False, [note._replace(pitch=36) for note in score.parts[0].notes]))
    two, _ = assemble(score, "irish", least_fit=0.5)
    assert "7" in {chord.quality for bar in two[0].bars for chord in bar.chords if chord}


def test_a_signature_that_is_not_the_musics_is_left_aside() -> None:
    score = tune_score(tuple(pitch + 1 for pitch in TUNE))
    score.measures[0].fifths = 0  # as where a transposing part's signature stands first
    pieces, counts = assemble(score, "irish")
    assert {(bar.tonic, bar.mode) for bar in pieces[0].bars} == {(1, "major")}
    assert counts["audit: bars whose stated key or signature is not theirs"] == 12


def test_silent_bars_are_in_the_key_of_what_follows() -> None:
    score = tune_score(tuple(pitch + 3 for pitch in TUNE))
    score.parts[0].notes = [note._replace(start=note.start + 8 * FINE) for note in score.parts[0].notes]
    score.measures = [RawMeasure(i * 4 * FINE, 4 * FINE, "4/4") for i in range(len(score.measures) + 2)]
    score.measures[2].fifths = -3
    pieces, _ = assemble(score, "irish")
    assert [(bar.tonic, bar.mode) for bar in pieces[0].bars] == [(3, "major")] * 14


# plans without notes

SALAMI = """# title: x
# metre: 4/4
# tonic: D

0.0\tsilence
0.1\tA, verse, | D:maj | B:min7 G:maj | A:7 | D:maj | x2
9.0\tend
"""


def test_annotated_chords_become_a_piece_without_tracks(tmp_path: Path) -> None:
    path = tmp_path / "billboard-2.0-salami_chords" / "0001" / "salami_chords.txt"
    path.parent.mkdir(parents=True)
    path.write_text(SALAMI, encoding="utf-8")
    (piece,) = read_chord_plan(path)
    tonic = piece.bars[0].tonic
    assert len(piece.bars) == 8
    assert (piece.parts, piece.note_count, piece.arousal) == ((), 0, None)
    relative = [tuple((chord.root - tonic) % 12 for chord in bar.chords if chord) for bar in piece.bars[:4]]
    assert relative == [(0, 0), (9, 5), (7, 7), (0, 0)]
    assert decode(encode(piece)).bars == piece.bars


def test_plans_are_read_only_where_they_are_named(tmp_path: Path) -> None:
    path = tmp_path / "mcgill_billboard" / "billboard-2.0-salami_chords" / "0001" / "salami_chords.txt"
    path.parent.mkdir(parents=True)
    path.write_text(SALAMI, encoding="utf-8")
    assert read_corpus(tmp_path) == []
    (work,) = read_corpus(tmp_path, ["mcgill_billboard"])
    assert len(work.pieces) == 1
    facts = save_folder([work], tmp_path, tmp_path / "packed", seed=1)
    assert facts["sets"]["mcgill_billboard"]["notes"] == {"train": 0, "valid": 0}
    loaded = load_folder(tmp_path / "packed")
    assert (list(loaded["train"]), list(loaded["valid"])) == (["mcgill_billboard"], [])
