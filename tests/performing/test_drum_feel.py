"""The learned drummer: what is planted in made-up performances is found again, and a draw is a person's, not a mean."""

from __future__ import annotations

import numpy as np
import pytest

from senandung.domain.errors import InvalidValueError
from senandung.performing.drum_feel import DrumFeel, DrumTake, Scatter, load_drum_feel
from senandung.performing.drum_score import NAMES, WIDTH, DrumScore, features, score_of
from senandung.performing.perceptron import Perceptron

KICK, SNARE, HAT = (NAMES.index(name) for name in ("kick", "snare", "closed"))
SWING, BACK = 0.030, 0.012


def beat_score(bars: int, bpm: float = 100.0, start: int = 0) -> DrumScore:
    """Bass drum on one and three, snare on two and four, hats in sixteenths."""
    rows = []
    for bar in range(start, start + bars):
        for step in range(16):
            drums = [KICK] * (step in (0, 8)) + [SNARE] * (step in (4, 12)) + [HAT]
            rows += [(bar * 48 + step * 3, step * 3, drum) for drum in drums]
    return score_of(*zip(*rows, strict=True), [bpm] * len(rows), ("rock",))


def takes_with_swing(count: int, seed: int) -> list[DrumTake]:
    """Performances whose second sixteenths come late and whose snare lies back, with noise of 5 ms."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        score = beat_score(8, bpm=float(rng.uniform(80, 130)))
        offset = SWING * (score.place % 6 == 3) + BACK * (score.drum == SNARE) + rng.normal(0, 0.005, len(score))
        velocity = 60 + 40.0 * (score.drum == SNARE) + rng.normal(0, 4, len(score))
        found.append(DrumTake(score, offset, velocity))
    return found


@pytest.fixture(scope="module")
def feel() -> DrumFeel:
    return DrumFeel.fit(takes_with_swing(24, seed=1), seed=1)


def test_planted_swing_is_found_again(feel: DrumFeel) -> None:
    score = beat_score(6, bpm=97)
    means = feel.expected(score)
    late, snare = score.place % 6 == 3, score.drum == SNARE
    assert means.offset[late].mean() - means.offset[~late & ~snare].mean() == pytest.approx(SWING, abs=0.005)
    assert means.offset[snare].mean() - means.offset[~late & ~snare].mean() == pytest.approx(BACK, abs=0.005)
    assert means.velocity[snare].mean() - means.velocity[~snare].mean() == pytest.approx(40, abs=6)
    assert 0.003 < means.offset_spread.mean() < 0.010


def test_held_out_offsets_are_nearer_than_jitter_and_grid(feel: DrumFeel) -> None:
    held = takes_with_swing(6, seed=2)
    rng = np.random.default_rng(3)
    ours = np.concatenate([feel.expected(take.score).offset - take.offset for take in held])
    drawn = np.concatenate([feel.sample(take.score, rng)[0] - take.offset for take in held])
    real = np.concatenate([take.offset for take in held])
    jitter = rng.normal(real.mean(), real.std(), len(real)) - real
    assert np.abs(ours).mean() < np.abs(drawn).mean() < np.abs(jitter).mean()
    assert np.abs(ours).mean() < 0.5 * np.abs(real).mean()


def test_a_seed_is_one_performance(feel: DrumFeel) -> None:
    score = beat_score(4)
    one, two, three = (feel.sample(score, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one[0], two[0])
    assert np.array_equal(one[1], two[1])
    assert not np.array_equal(one[0], three[0])
    assert ((one[1] >= 1) & (one[1] <= 127)).all()


def test_the_file_gives_back_the_model_but_for_rounding(feel: DrumFeel) -> None:
    again = DrumFeel.of_arrays(feel.arrays())
    score = beat_score(4)
    assert np.allclose(again.expected(score).offset, feel.expected(score).offset, atol=5e-4)
    assert np.allclose(again.expected(score).velocity, feel.expected(score).velocity, atol=1.0)
    assert again.timing.beats == pytest.approx(feel.timing.beats, rel=1e-4)


def test_scatter_finds_what_strokes_have_in_common() -> None:
    planted = Scatter(whole=0.3, drum=0.0, place=0.0, both=0.2, slow=0.3, beats=2.0)
    rng = np.random.default_rng(5)
    scores = [beat_score(24) for _ in range(60)]
    found = Scatter.fit(scores, [planted.draw(score, rng) for score in scores], rng)
    assert found.whole == pytest.approx(0.3, abs=0.12)
    assert found.both == pytest.approx(0.2, abs=0.1)
    assert found.slow == pytest.approx(0.3, abs=0.1)
    assert 1.0 < found.beats < 4.0
    values = np.concatenate([planted.draw(score, rng) for score in scores])
    assert values.std() == pytest.approx(1.0, abs=0.1)


def test_features_do_not_depend_on_where_the_song_begins() -> None:
    one, later = beat_score(6), beat_score(6, start=40)
    assert features(one).shape == (len(one), WIDTH)
    assert np.array_equal(features(one), features(later))
    assert features(score_of([], [], [], [])).shape == (0, WIDTH)


def test_the_shipped_model_scatters_like_a_person() -> None:
    shipped = load_drum_feel()
    assert shipped is not None
    score = beat_score(32, bpm=76)
    means = shipped.expected(score)
    assert np.abs(means.offset).max() < 0.05
    assert 0.005 < means.offset_spread.min() <= means.offset_spread.max() < 0.06
    assert means.velocity[score.drum == SNARE].mean() > means.velocity[score.drum == HAT].mean()


def test_takes_must_match_their_score() -> None:
    with pytest.raises(InvalidValueError, match="must match the strokes"):
        DrumTake(beat_score(1), np.zeros(3), np.zeros(3))
    with pytest.raises(InvalidValueError, match="two performances or more"):
        DrumFeel.fit([], seed=1)
    with pytest.raises(InvalidValueError, match="examples must match"):
        Perceptron.fit(np.zeros((0, 2), np.float32), np.zeros((0, 1), np.float32), np.zeros(0, np.float32), seed=1)
    with pytest.raises(InvalidValueError, match="must not fall"):
        score_of([3, 0], [3, 0], [0, 0], [100, 100])
