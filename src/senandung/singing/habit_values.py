"""Habits from what was observed in takes: each a mean, drawn towards the usual value where little was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from senandung.singing.steps import step_response
from senandung.singing.sung_takes import Floats, Observed, middle_course, moments

USUAL_WEIGHT = 3.0
"""So many observations weigh as much as the usual value."""

RATES = np.geomspace(16, 130, 26)
DAMPINGS = np.array((0.5, 0.6, 0.68, 0.76, 0.84, 0.92))
LEADS = np.arange(0.0, 0.125, 0.005)

SEEN_SPREAD = 0.018
"""Seconds by which onsets are seen uneven where they are even: what is more is the singer's."""

SEEN_RATE, SEEN_EXTENT = 0.12, 6.0
"""The same of a vibrato's rate in Hz and its extent in cents."""

SCALES: Mapping[str, float] = MappingProxyType(
    {
        "vibrato_rate": 0.4, "vibrato_extent": 15.0, "vibrato_delay": 0.08, "scoop": 40.0, "late": 0.02,
        "glide": 0.1, "breath_seconds": 0.08, "breath_level": 3.0, "breath_before": 0.03,
    }
)  # fmt: skip
"""What counts as a distance of 1 in each observation; of a glide, the mean difference of a step's course."""


def fitted_values(seen: Observed, usual: Mapping[str, float]) -> dict[str, float]:
    """The habits that were seen, by their names in `Habits`; what was not seen is missing.

    Parameters
    ----------
    seen : of all takes.
    usual : habits of nobody in particular.
    """
    values = seen.values
    made: dict[str, float] = {}

    def mean(habit: str, name: str, rows: Sequence[float] | None = None) -> None:
        found = values.get(name, ()) if rows is None else rows
        if len(found):
            weight = len(found) / (len(found) + USUAL_WEIGHT)
            made[habit] = weight * float(np.median(found)) + (1 - weight) * usual[habit]

    for habit in ("vibrato_rate", "vibrato_extent", "vibrato_delay", "scoop_seconds", "breath_level", "breath_before"):
        mean(habit, habit)
    if "vibrato_delay" in made:
        made["vibrato_delay_share"] = usual["vibrato_delay_share"] * min(
            made["vibrato_delay"] / usual["vibrato_delay"], 1
        )
    for habit, name, floor in (
        ("vibrato_rate_spread", "vibrato_rate", SEEN_RATE), ("vibrato_extent_spread", "vibrato_extent", SEEN_EXTENT)
    ):  # fmt: skip
        if len(values.get(name, ())) >= 5:
            made[habit] = _spread(values[name], floor)
    swung, straight = len(values.get("vibrato_rate", ())), len(values.get("no_vibrato", ()))
    if straight > 3 * max(swung, 1):
        made["vibrato_extent"] = usual["vibrato_extent"] * swung / (swung + straight)
    scoops = values.get("scoop", ())
    if scoops:
        deep = [each for each in scoops if each > 0]
        mean("scoop", "scoop", deep)
        weight = len(scoops) / (len(scoops) + USUAL_WEIGHT)
        made["scoop_share"] = weight * len(deep) / len(scoops) + (1 - weight) * usual["scoop_share"]
        if len(deep) >= 5:
            made["scoop_spread"] = _spread(deep, 20.0)
    mean("lag", "late")
    if len(values.get("late", ())) >= 8:
        made["timing_spread"] = _spread(values["late"], SEEN_SPREAD)
        made["timing_most"] = max(usual["timing_most"], min(2.5 * made["timing_spread"], 0.1))
    for prefix, courses in (("glide", seen.steps), ("slur", seen.slurs)):
        course = middle_course(courses)
        if course is not None:
            rate, damping, lead = fitted_step(course)
            made[f"{prefix}_rate"], made[f"{prefix}_damping"] = rate, damping
            if prefix == "glide":
                made["glide_lead"] = lead
    lengths = values.get("breath_seconds", ())
    if len(lengths) >= 3:
        low, high = np.percentile(lengths, (10, 90))
        mean("breath_least", "", [float(low)] * len(lengths))
        mean("breath_most", "", [float(high)] * len(lengths))
    if len(values.get("stretch", ())) >= 4:
        longest = float(np.percentile(values["stretch"], 90))
        mean("breath_lasts", "", [longest] * len(values["stretch"]))
    return made


def fitted_step(course: Floats) -> tuple[float, float, float]:
    """Rate (rad/s), damping and lead (s) of the step that is nearest to a course around the vowel's onset."""
    time = moments()
    good = np.isfinite(course)
    best = (np.inf, 50.0, 0.68, 0.045)
    for rate in RATES:
        for damping in DAMPINGS:
            for lead in LEADS:
                step = step_response(time[good] + lead, float(rate), float(damping))
                error = float(np.abs(step - course[good]).mean())
                best = min(best, (error, float(rate), float(damping), float(lead)))
    return best[1:]


def distances(seen: Observed, habits: Mapping[str, float]) -> dict[str, float]:
    """How far what was seen lies from what habits would do, on average over the observations, in `SCALES`.

    What a singer does differently from time to time is in it too, so even a singer's own habits are not at 0.
    """
    values = seen.values
    breath = 0.5 * (habits["breath_least"] + habits["breath_most"])
    wanted = {
        **{name: habits[name] for name in ("vibrato_rate", "vibrato_extent", "vibrato_delay")},
        "breath_level": habits["breath_level"], "breath_before": habits["breath_before"],
        "scoop": habits["scoop_share"] * habits["scoop"], "late": habits["lag"], "breath_seconds": breath,
    }  # fmt: skip
    found = {
        name: float(np.mean(np.abs(np.array(values[name]) - value))) / SCALES[name]
        for name, value in wanted.items()
        if values.get(name)
    }
    course = middle_course(seen.steps)
    if course is not None:
        good = np.isfinite(course)
        step = step_response(moments()[good] + habits["glide_lead"], habits["glide_rate"], habits["glide_damping"])
        found["glide"] = float(np.abs(step - course[good]).mean()) / SCALES["glide"]
    return found


def _spread(values: Sequence[float], floor: float) -> float:
    """The deviation of values, by their middle half, without what measuring adds."""
    low, high = np.percentile(values, (25, 75))
    return float(np.sqrt(max(((high - low) / 1.349) ** 2 - floor**2, 0.0)))
