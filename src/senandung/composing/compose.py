"""A whole song: plan, words, harmony, melody, arrangement, each stage with a seed of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.arc import arc_of, break_before, curve_of, held_back
from senandung.composing.arranging import arrange
from senandung.composing.arranging.chart import read_chart
from senandung.composing.arranging.holes import close_holes
from senandung.composing.backing import with_backing
from senandung.composing.by_network import write_parts
from senandung.composing.curve import feeling_curve
from senandung.composing.decoding.engine import Engine
from senandung.composing.decoding.engine_weights import FILE_NAME
from senandung.composing.form import plan_song
from senandung.composing.gamelan.gendhing import compose_gendhing
from senandung.composing.graded import graded
from senandung.composing.harmony.changes import Changes
from senandung.composing.harmony.tense import tense_chords
from senandung.composing.harmony.write import harmonise
from senandung.composing.lift import key_changes, raise_chords, raise_tracks
from senandung.composing.melody.appoggiatura import lean
from senandung.composing.melody.lead import Lead, can_follow
from senandung.composing.melody.tunes import USUAL, Tunes
from senandung.composing.melody.write import lead_range, write_melody
from senandung.composing.motif.theme import Staged, fit_motif, given_of
from senandung.composing.plan import Plan, Sketch, Wishes
from senandung.composing.tables import TABLE_NAMES
from senandung.composing.words.write import write_words
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.song import SECTION_NAMES, MetreChange, Provenance, Section, Song, Track
from senandung.domain.style import Style
from senandung.domain.tempo import TempoChange
from senandung.domain.time import TICKS_PER_QUARTER
from senandung.domain.words import Words
from senandung.language.lines import LEANING, SUBJECTS

STAGES = ("plan", "words", "harmony", "melody", "arrangement")
"""The levels of a song, in the order in which they are written."""

LEADS = 8
"""Candidates of a phrase that the network writes side by side."""

TITLE_LENGTH = 40
"""A title has at most this many characters."""


def stage_seed(seed: int, stage: str) -> int:
    """The seed of one stage, so that another seed for one level leaves the others as they are.

    >>> stage_seed(1, "melody") == stage_seed(1, "melody") != stage_seed(1, "harmony")
    True
    """
    return int.from_bytes(hashlib.sha256(f"{seed} {stage}".encode()).digest()[:6], "big")


def compose(
    feeling: Feeling,
    style: Style,
    person_lines: tuple[str, ...],
    wishes: Wishes,
    *,
    language: str,
    seed: int,
    version: str,
    engine: Engine | None = None,
    tunes: Tunes = USUAL,
) -> Song:
    """A song for a feeling, in a style, on a person's lines.

    Parameters
    ----------
    feeling, style : what it follows and how it is played.
    person_lines : singable lines; every one is sung.
    wishes : what else was asked for.
    language : "id" or "en".
    seed : the same seed, version and tables give the same song, byte for byte.
    version : the program's, kept in the provenance.
    engine : the network that writes the melody and judges the harmony; without it the learned tables do alone.
    tunes : what tunes are like: the tables', or a person's own mixed in.
    """
    wishes, _ = fit_motif(wishes, style, seed=stage_seed(seed, "plan"))
    if style.gendhing is not None:
        gendhing = compose_gendhing(
            feeling, style, person_lines, wishes, language=language, seeds=_seeds(seed), seed=seed, version=version
        )
        title = wishes.title.strip() or title_of(gendhing.words, person_lines, feeling)
        gendhing = replace(gendhing, title=title)
        return gendhing if style.backing is None else with_backing(gendhing, style.backing)
    if wishes.key is not None and wishes.key.laras:
        raise InvalidValueError(
            f"{wishes.key} must be asked for with a style of the gamelan (ladrang), got {style.name}"
        )
    sketch = sketch_song(feeling, style, person_lines, wishes, language=language, seed=seed, engine=engine, tunes=tunes)
    plan = sketch.plan
    tracks = arrange(
        sketch, style, feeling, seed=stage_seed(seed, "arrangement"), ensemble=wishes.ensemble, voice=wishes.voice
    )
    song = Song(
        title=wishes.title.strip() or title_of(sketch.words, person_lines, feeling),
        tracks=tracks,
        tempos=_tempos(plan),
        metres=(MetreChange(0, plan.metre),),
        keys=key_changes(replace(plan, lift=0)),
        chords=tuple(sketch.chords),
        sections=sketch.sections,
        feeling_curve=feeling_curve(
            feeling, plan.key, sketch.sections, sketch.chords, plan.metre.bar_ticks, curve_of(plan), plan
        ),
        words=sketch.words if wishes.voice else Words(language, ()),
        provenance=Provenance(
            seed=seed,
            version=version,
            style=style.name,
            models=_models(sketch, tracks, style, engine),
            sources=style.sources,
            story=wishes.story,
            given=() if wishes.motif is None else (given_of(wishes.motif),),
        ),
    )
    if engine is not None and style.network and not wishes.ensemble and can_follow(plan.metre):
        song = write_parts(song, plan, style.network, engine, seed=stage_seed(seed, "arrangement"))
        chart = read_chart(sketch, style, feeling, stage_seed(seed, "arrangement"))
        song = replace(song, tracks=close_holes(chart, song.tracks))
    if sketch.theme is not None:
        song = replace(song, tracks=sketch.theme.played(song.tracks))
    song = replace(song, tracks=break_before(plan, graded(plan, song.tracks)))
    song = replace(song, arc=arc_of(plan, song.tracks, held_back(style, wishes.ensemble)))
    if sketch.theme is not None:
        song = replace(song, motif=sketch.theme.standing(song.tracks))
    song = replace(
        song, tracks=raise_tracks(plan, song.tracks), keys=key_changes(plan), chords=raise_chords(plan, sketch.chords)
    )
    return song if style.backing is None or wishes.ensemble else with_backing(song, style.backing)


def _models(sketch: Sketch, tracks: Sequence[Track], style: Style, engine: Engine | None) -> tuple[str, ...]:
    """The learned tables and the network, those that took part."""
    grooves = any("Groove MIDI" in source for source in style.sources) and any(track.sound.drum for track in tracks)
    proposed = any(line.source == "machine" for line in sketch.words.lines)
    follows = engine is not None and can_follow(sketch.plan.metre)
    more = (("drums.json", grooves), ("phrases.tsv", proposed), (FILE_NAME, follows))
    return (*(f"{name}.json" for name in TABLE_NAMES), *(name for name, took_part in more if took_part))


def _seeds(seed: int) -> dict[str, int]:
    return {stage: stage_seed(seed, stage) for stage in STAGES}


def sketch_song(
    feeling: Feeling,
    style: Style,
    person_lines: tuple[str, ...],
    wishes: Wishes,
    *,
    language: str,
    seed: int,
    engine: Engine | None = None,
    tunes: Tunes = USUAL,
) -> Sketch:
    """Everything but the arrangement: the stages one after another, each callable on its own.

    All of it stands in the plan's key; `compose` raises the last chorus where the plan says so.
    """
    wishes, _ = fit_motif(wishes, style, seed=stage_seed(seed, "plan"))
    line_count = len(person_lines) if wishes.voice else 0
    plan = plan_song(feeling, style, line_count, wishes, seed=stage_seed(seed, "plan"))
    sections = place_sections(plan, language)
    words = Words(language, ())
    if wishes.voice:
        words = write_words(
            person_lines,
            plan,
            _sung_feeling(plan, feeling),
            language,
            seed=stage_seed(seed, "words"),
            verses=wishes.verses,
            pantun=style.pantun,
        )
    pace = plan.bpm * plan.metre.beat_ticks / TICKS_PER_QUARTER
    if engine is not None and not can_follow(plan.metre):
        engine = None  # the tables know every metre
    changes = None if engine is None else Changes(engine, plan.key, plan.metre, pace, plan.bars)
    chords = harmonise(plan, sections, feeling, style, wishes, seed=stage_seed(seed, "harmony"), changes=changes)
    theme = None
    if wishes.motif is not None:
        theme = Staged.of(wishes.motif, plan, sections, words, feeling, style, seed=stage_seed(seed, "melody"))
        plan, words = theme.planned(), theme.words
    chords = tense_chords(chords, plan, style, wishes)
    if theme is not None:
        chords = theme.harmonised(chords, style, wishes)
    lead = None if engine is None else Lead(engine, plan.key, plan.metre, pace, chords, plan.bars, rows=LEADS)
    lines = None if theme is None else theme.lines
    melody = write_melody(
        plan, sections, words, chords, feeling, style, seed=stage_seed(seed, "melody"), lead=lead, theme=lines,
        tunes=tunes,
    )  # fmt: skip
    if "appoggiatura" in plan.devices:
        melody, leans = lean(melody, plan, chords, high=lead_range(style)[1] - plan.lift)
        if not leans:
            plan = replace(plan, devices=tuple(name for name in plan.devices if name != "appoggiatura"))
    return Sketch(plan, words, sections, chords, melody, theme)


def _tempos(plan: Plan) -> tuple[TempoChange, ...]:
    """The song's tempo, and where a section has its own."""
    quarters = plan.bpm * plan.metre.beat_ticks / TICKS_PER_QUARTER
    found, tick, pace = [], 0, 0.0
    for section in plan.sections:
        if section.pace != pace:
            found.append(TempoChange.at_bpm(tick, quarters * section.pace))
            pace = section.pace
        tick += section.bars * plan.metre.bar_ticks
    return tuple(found)


def _sung_feeling(plan: Plan, feeling: Feeling) -> Feeling:
    """The feeling by which the hook is chosen: the chorus's own where the song's are mixed."""
    choruses = [at for at, section in enumerate(plan.sections) if section.kind == "chorus"]
    return plan.feeling_of(choruses[0], feeling) if choruses else feeling


def place_sections(plan: Plan, language: str) -> tuple[Section, ...]:
    """The plan's sections in ticks, named as musicians of the language name them."""
    placed: list[Section] = []
    at = 0
    for section in plan.sections:
        length = section.bars * plan.metre.bar_ticks
        name = section.name.replace(section.kind.capitalize(), SECTION_NAMES[section.kind][language])
        placed.append(Section(name, section.kind, at, length, section.intensity))
        at += length
    return tuple(placed)


def title_of(words: Words, person_lines: Sequence[str], feeling: Feeling) -> str:
    """The chorus's first line, else the first line, cut at a word to `TITLE_LENGTH`; else the feeling's name."""
    counts: dict[str, int] = {}
    for line in words.lines:
        if line.source == "person":
            counts[line.text] = counts.get(line.text, 0) + 1
    most = max(counts, key=lambda text: counts[text], default="")
    text = " ".join((most or next(iter(person_lines), "")).split()).strip(" ,.;:!?…-–\"'")
    if not any(letter.isalnum() for letter in text):
        return (feeling.words[0] if feeling.words else "senandung").capitalize()
    title = ""
    for word in text.split():
        longer = f"{title} {word}".strip()
        if len(longer) > TITLE_LENGTH:
            break
        title = longer
    while title != text and " " in title and title.rsplit(" ", 1)[1].lower() in LEANING | SUBJECTS | {"you"}:
        title = title.rsplit(" ", 1)[0]
    title = (title or text[:TITLE_LENGTH]).strip(" ,.;:!?…-–\"'")
    return title[:1].upper() + title[1:]
