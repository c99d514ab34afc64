"""DiffSinger banks: what is in the folder, what the models are asked, what comes out, what is said where it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

import senandung
from senandung.domain.errors import FileError
from senandung.domain.phonemes import PHONEMES as OURS
from senandung.domain.singing import Breath, Singing, SungPhoneme, frames
from senandung.files.singing_json import load_singing, save_singing
from senandung.files.song_json import save_song
from senandung.singing.diffsinger.bank import Bank, load_bank
from senandung.singing.diffsinger.render import _guesses, inputs_of, phrases_of, render
from senandung.singing.diffsinger.session import Model
from senandung.singing.diffsinger.symbols import NEAR, SPELLINGS, spelt
from singing.diffsinger.made_up import BINS, CURVES, HOP, PHONEMES, RATE, add_variance, make_bank, variance
from singing.sung_songs import sung_song

FRAME = HOP / RATE


def singing(*, breaths: tuple[Breath, ...] = ()) -> Singing:
    """ma, a rest, ku: at MIDI 57 (220 Hz), then 69 (440 Hz)."""
    sounds = (("m", 0.5, 0.6), ("a", 0.6, 1.2), ("k", 2.0, 2.1), ("u", 2.1, 2.8))
    phonemes = tuple(SungPhoneme(symbol, start, end, at // 2) for at, (symbol, start, end) in enumerate(sounds))
    count = frames(3.2)
    pitch = np.where(np.arange(count) * 0.005 < 1.6, 57, 69).astype(np.float32)
    flat = np.zeros(count, dtype=np.float32)
    return Singing("id", "Vokal", 3.2, phonemes, breaths, pitch, flat, flat, flat + np.float32(0.1), voice="x")


def mel_of(bank: Bank, made: Singing, number: int = 0) -> NDArray[np.float32]:
    """The spectrogram of a phrase, shape (frames, BINS)."""
    symbols = spelt(bank, (each.symbol for each in made.phonemes))
    phrase = phrases_of(made, bank, symbols)[number]
    return Model(bank.acoustic, seed=1).run(inputs_of(made, phrase, bank), "mel")[0]


def hertz(sound: NDArray[np.float32]) -> float:
    """The strongest frequency."""
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 17))
    return float(np.argmax(power)) * RATE / (1 << 17)


def test_it_sings_at_the_pitch_and_at_the_time(tmp_path: Path) -> None:
    bank = load_bank(make_bank(tmp_path / "bank"))
    made = render(singing(), bank, seed=1)
    assert bank.name == "Suara Coba"
    assert (made.sample_rate, made.samples.shape) == (RATE, (1, round(3.2 * RATE)))
    sound = made.samples[0]
    sounding = np.flatnonzero(np.abs(sound) > 0.01) / RATE
    assert sounding[0] == pytest.approx(0.5, abs=FRAME)
    assert sounding[-1] == pytest.approx(2.8, abs=2 * FRAME)
    assert not np.abs(sound[round(1.25 * RATE) : round(1.95 * RATE)]).any()
    assert hertz(sound[round(0.7 * RATE) : round(1.1 * RATE)]) == pytest.approx(220, abs=1)
    assert hertz(sound[round(2.2 * RATE) : round(2.7 * RATE)]) == pytest.approx(440, abs=1)


def test_every_phoneme_gets_its_frames_and_a_breath_is_sung_where_the_bank_has_one(tmp_path: Path) -> None:
    made = singing(breaths=(Breath(1.6, 1.9),))
    bank = load_bank(make_bank(tmp_path / "bank"))
    tokens = mel_of(bank, made, 1)[:, 1]
    names = [PHONEMES[round(value)] for value in tokens]
    order = [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]
    assert order == ["SP", "AP", "SP", "k", "u", "SP"]
    assert names.count("AP") == pytest.approx(0.3 / FRAME, abs=1)
    assert names.count("u") == pytest.approx(0.7 / FRAME, abs=1)
    none = load_bank(make_bank(tmp_path / "none", phonemes=[name for name in PHONEMES if name != "AP"]))
    symbols = spelt(none, "mkau")
    assert all("AP" not in phrase.names for phrase in phrases_of(made, none, symbols))


def test_a_model_is_given_what_it_asks_for(tmp_path: Path) -> None:
    asks = (*CURVES, "languages", "spk_embed", "speedup", "depth", "steps")
    phonemes = {"SP": 2, "AP": 1, "id/m": 3, "id/a": 4, "en/aa": 5, "id/k": 6, "id/u": 7}
    config = {
        "use_lang_id": True,
        "languages": "languages.json",
        "speakers": ["ayu"],
        "hidden_size": 4,
        "max_depth": 0.4,
    }
    folder = make_bank(tmp_path / "bank", asks=asks, phonemes=phonemes, config=config)
    (folder / "languages.json").write_text('{"en": 1, "id": 5}', encoding="utf-8")
    with pytest.raises(FileError, match=r"ayu\.emb: no such file, but the bank names it"):
        load_bank(folder)
    (folder / "ayu.emb").write_bytes(np.array([1, 2, 3, 4], dtype="<f4").tobytes())
    loud = replace(singing(), dynamics=singing().dynamics - np.float32(6), tension=singing().tension + np.float32(0.5))
    mel = mel_of(load_bank(folder), loud)
    vowel = mel[np.flatnonzero(mel[:, 1] == 4)[5]]
    gender, velocity, energy, breathiness, voicing, tension, language, speaker, speedup, depth, steps = vowel[2:13]
    assert (gender, velocity, language, speaker, speedup, steps) == (0, 1, 5, 10, 50, 20)
    assert depth == pytest.approx(0.4)
    assert energy == pytest.approx(-28)
    assert breathiness < voicing < energy + 0.01
    assert tension == pytest.approx(3.5)
    silence = mel[0]
    assert silence[1] == 2
    assert silence[4] == silence[5] == silence[6] == -80
    assert silence[8] == 0
    assert np.abs(render(loud, load_bank(folder), seed=1).samples).max() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("hop", [HOP, 256])
def test_a_bank_guesses_its_own_curves_and_ours_are_laid_on_them(tmp_path: Path, hop: int) -> None:
    folder = make_bank(tmp_path / "bank", asks=("energy", "breathiness", "tension", "voicing"))
    add_variance(folder, ("energy", "breathiness", "tension"), hop=hop)
    bank = load_bank(folder)
    made = replace(singing(), dynamics=singing().dynamics - np.float32(6), tension=singing().tension + np.float32(0.5))
    guesses = _guesses(made, bank, spelt(bank, "mkau"), Model(bank.acoustic, seed=1), 1)
    assert [set(guess) for guess in guesses] == [{"energy", "breathiness", "tension"}] * 2
    phrase = phrases_of(made, bank, spelt(bank, "mkau"))[0]
    assert phrase.vowels == (False, False, True, False)
    values = inputs_of(made, phrase, bank, guess=guesses[0])
    mel = Model(bank.acoustic, seed=1).run(values, "mel")[0]
    vowel = mel[np.flatnonzero(mel[:, 1] == PHONEMES.index("a"))]
    energy, breathiness, tension, voicing = vowel[len(vowel) // 2, 2:6]
    assert energy == pytest.approx(57 - 100 - 6, abs=0.01)
    word = sum(phrase.frames[2:]) * HOP / hop  # the vowel's word has the silence at the end
    assert breathiness == pytest.approx(-word + 20 * (0.1 - 0.12), abs=2.5)
    assert tension == pytest.approx(PHONEMES.index("a") + 2 + 5 * 0.5, abs=0.01)  # its own number of the phoneme
    assert voicing == pytest.approx(-22 - 6 - 0.6, abs=0.01)  # not guessed: the table's
    assert np.abs(render(made, bank, seed=1).samples).max() > 0.5


def test_variance_models_that_do_not_fit_are_told_in_a_sentence(tmp_path: Path) -> None:
    folder = make_bank(tmp_path / "bank", asks=("energy",))
    add_variance(folder, ("energy", "voicing"))
    assert np.abs(render(singing(), load_bank(folder), seed=1).samples).max() > 0.5
    own = folder / "dsvariance"
    (own / "variance.onnx").write_bytes(variance(("energy", "tension")))
    with pytest.raises(FileError, match="a model must have the output voicing_pred, got energy_pred, tension_pred"):
        render(singing(), load_bank(folder), seed=1)
    (own / "phonemes.txt").write_text("SP\nAP\nm\n", encoding="utf-8")
    with pytest.raises(FileError, match="its phonemes must be those of the acoustic model, but it lacks a"):
        render(singing(), load_bank(folder), seed=1)
    (own / "linguistic.onnx").unlink()
    with pytest.raises(FileError, match="no such file, but the bank names it"):
        load_bank(folder)


def test_models_that_banks_of_one_maker_share_lie_beside_them(tmp_path: Path) -> None:
    """As public packs have it: `Core` beside the singers, and `dsvariance` naming files of the bank that it is in."""
    folder = make_bank(tmp_path / "Sari", asks=("energy",))
    add_variance(folder, ("energy",))
    core, own = tmp_path / "Core", folder / "dsvariance"
    core.mkdir()
    (own / "linguistic.onnx").rename(core / "linguistic.onnx")
    (own / "phonemes.txt").unlink()
    config = (own / "dsconfig.yaml").read_text(encoding="utf-8")
    config = config.replace("linguistic.onnx", "../../Core/linguistic.onnx") + "phonemes: ..\\phonemes.txt\n"
    (own / "dsconfig.yaml").write_text(config, encoding="utf-8")
    bank = load_bank(folder)
    assert bank.variance is not None
    assert bank.variance.linguistic.resolve() == (core / "linguistic.onnx").resolve()
    assert bank.variance.terms.tokens == bank.terms.tokens
    assert np.abs(render(singing(), bank, seed=1).samples).max() > 0.5


def test_the_speaker_of_the_first_colour_sings(tmp_path: Path) -> None:
    """Its name is the suffix of the colour's subbank; hidden_size is what the file has where nothing says it."""
    folder = make_bank(tmp_path / "bank", asks=("spk_embed",), config={"speakers": ["sp/dua", "sp/satu"]})
    (folder / "sp").mkdir()
    for number, name in enumerate(("dua", "satu")):
        (folder / "sp" / f"{name}.emb").write_bytes(np.full(4, number, dtype="<f4").tobytes())
    (folder / "character.yaml").write_text(
        "subbanks:\n- {color: '02: keras', suffix: sp/dua}\n- {color: '01: lembut', suffix: sp/satu}\n",
        encoding="utf-8",
    )
    speaker = load_bank(folder).terms.speaker
    assert speaker is not None
    assert speaker.tolist() == [1, 1, 1, 1]
    (folder / "character.yaml").unlink()
    other = load_bank(folder).terms.speaker
    assert other is not None
    assert other.tolist() == [0, 0, 0, 0]


def test_a_bank_that_says_no_base_has_ten(tmp_path: Path) -> None:
    bank = load_bank(make_bank(tmp_path / "bank", mel_base="e"))
    assert (bank.base, bank.vocoder.base) == ("10", "e")


def test_dynamics_are_heard_where_the_model_knows_no_energy(tmp_path: Path) -> None:
    bank = load_bank(make_bank(tmp_path / "bank"))
    soft = replace(singing(), dynamics=singing().dynamics - np.float32(12))
    ratio = np.abs(render(singing(), bank, seed=1).samples).max() / np.abs(render(soft, bank, seed=1).samples).max()
    assert 20 * np.log10(ratio) == pytest.approx(12, abs=0.1)


def test_the_same_seed_draws_the_same_noise(tmp_path: Path) -> None:
    bank = load_bank(make_bank(tmp_path / "bank", noise=True))
    one, again, other = (render(singing(), bank, seed=seed).samples for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_other_logarithms_and_sample_rates_are_changed(tmp_path: Path) -> None:
    bank = load_bank(make_bank(tmp_path / "bank", mel_base="e", config={"mel_base": "10"}))
    assert np.abs(render(singing(), bank, seed=1).samples).max() == pytest.approx(np.log(10), abs=0.01)
    slow = load_bank(make_bank(tmp_path / "slow", rate=22_050))
    made = render(singing(), slow, seed=1)
    assert made.samples.shape == (1, round(3.2 * RATE))
    assert hertz(made.samples[0, round(2.2 * RATE) : round(2.7 * RATE)]) == pytest.approx(440, abs=1)


@pytest.mark.parametrize(
    "place", ["dsvocoder", "made_up_hifigan", "../made_up_hifigan", "../../Dependencies/made_up_hifigan"]
)
def test_the_vocoder_is_found_in_the_bank_beside_it_or_among_what_openutau_shares(tmp_path: Path, place: str) -> None:
    folder = make_bank(tmp_path / "Singers" / "bank", vocoder_folder=place)
    assert load_bank(folder).vocoder.model.name == "hum.onnx"
    assert load_bank(folder).vocoder.bins == BINS


def test_a_bank_that_lacks_a_phoneme_says_which_and_what_to_do(tmp_path: Path) -> None:
    folder = make_bank(tmp_path / "bank", phonemes=[name for name in PHONEMES if name not in ("ax", "q", "ng")])
    said = singing()
    rare = replace(said, phonemes=tuple(
        replace(each, symbol=symbol) for each, symbol in zip(said.phonemes, ("ŋ", "ə", "ʔ", "u"), strict=True)
    ))  # fmt: skip
    message = (
        "the bank has no phoneme for ŋ, ə, ʔ; say what it sings instead in senandung.tsv beside it, "
        r"a line each \(ŋ<TAB>n, ə<TAB>e, ʔ<TAB>k\)"
    )
    with pytest.raises(FileError, match=message):
        render(rare, load_bank(folder), seed=1)
    own = folder / "senandung.tsv"
    own.write_text("# mine\nŋ\tn g\nə\te\nʔ\tk\n", encoding="utf-8")
    bank = load_bank(folder)
    assert spelt(bank, "ŋəʔ") == {"ŋ": ("n", "g"), "ə": ("e",), "ʔ": ("k",)}
    names = phrases_of(rare, bank, spelt(bank, "ŋəʔu"))[0].names
    assert names == ("SP", "n", "g", "e", "SP")
    assert np.abs(render(rare, bank, seed=1).samples).max() > 0.5
    own.write_text("ŋ\tnk\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"senandung\.tsv, line 1: the bank has no phoneme 'nk'"):
        load_bank(folder)
    own.write_text("\nnyeng\tn\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"line 2: a line must be one of a i u"):
        load_bank(folder)


def test_every_phoneme_of_ours_has_spellings_and_y_decides_what_j_is(tmp_path: Path) -> None:
    assert set(SPELLINGS) == set(OURS)
    assert {*NEAR, *NEAR.values()} <= set(OURS)
    malay = load_bank(make_bank(tmp_path / "ms", phonemes=("SP", "j", "y", "c", "sy")))
    assert spelt(malay, ("dʒ", "j", "tʃ", "ʃ")) == {"dʒ": ("j",), "j": ("y",), "tʃ": ("c",), "ʃ": ("sy",)}
    english = load_bank(
        make_bank(tmp_path / "en", phonemes=("SP", "en/aa", "en/ae", "id/a", "en/jh", "en/y", "en/r", "id/r"))
    )
    found = spelt(english, ("a", "æ", "dʒ", "ɹ", "r"))
    assert found == {"a": ("id/a",), "æ": ("en/ae",), "dʒ": ("en/jh",), "ɹ": ("en/r",), "r": ("id/r",)}
    phonetic = load_bank(make_bank(tmp_path / "ipa", phonemes=("SP", "j", "dʒ", "ŋ")))
    assert spelt(phonetic, ("j", "dʒ", "ŋ")) == {"j": ("j",), "dʒ": ("dʒ",), "ŋ": ("ŋ",)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"acoustic": None}, r"dsconfig\.yaml: must name its acoustic, got None"),
        ({"acoustic": "../../acoustic.onnx"}, "its files must be in the bank or beside it"),
        ({"acoustic": "../acoustic.onnx"}, r"acoustic\.onnx: no such file, but the bank names it"),
        ({"acoustic": "none.onnx"}, r"none\.onnx: no such file, but the bank names it"),
        ({"vocoder": "../x"}, "its vocoder must be a folder's name"),
        ({"hop_size": 256}, "its hop must be the vocoder's, 512, got 256"),
        ({"sample_rate": "fast"}, "sample_rate must be a whole number of 1 or more, got 'fast'"),
        ({"num_mel_bins": 80}, "its number of mel bins must be the vocoder's, 16, got 80"),
        ({"speakers": "ayu"}, "its speakers must be names, got 'ayu'"),
    ],
)
def test_a_wrong_config_is_told_in_a_sentence(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(FileError, match=message):
        load_bank(make_bank(tmp_path / "bank", config=change))


def test_what_is_missing_or_no_model_is_told_in_a_sentence(tmp_path: Path) -> None:
    folder = make_bank(tmp_path / "bank")
    (folder / "dsvocoder" / "vocoder.yaml").rename(folder / "dsvocoder" / "other.yaml")
    with pytest.raises(FileError, match="its vocoder 'made_up_hifigan' is not there; put its folder"):
        load_bank(folder)
    silent = make_bank(tmp_path / "silent", phonemes=("a", "b"))
    with pytest.raises(FileError, match="its phonemes must have SP, silence"):
        load_bank(silent)
    (silent / "dsconfig.yaml").write_text("a: [1\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"dsconfig\.yaml, line 2: not a YAML file"):
        load_bank(silent)
    strange = load_bank(make_bank(tmp_path / "strange", asks=("mood",)))
    with pytest.raises(FileError, match="a model that asks for mood, which nobody here can give"):
        render(singing(), strange, seed=1)
    broken = load_bank(make_bank(tmp_path / "broken"))
    broken.acoustic.write_bytes(b"not a model")
    with pytest.raises(FileError, match=r"acoustic\.onnx: not a model that ONNX Runtime 1\.28\.\d can load"):
        render(singing(), broken, seed=1)


def test_a_song_is_sung_by_the_bank_of_a_folder(tmp_path: Path) -> None:
    song = sung_song(("aku di sini",), step=240, last=480, bpm=120)
    folder = make_bank(tmp_path / "bank")
    made = senandung.sing(song, out=tmp_path / "out", voice=folder)
    sound, rate = soundfile.read(made.folder / "vocal.wav")
    kept = load_singing(made.folder / "singing.json")
    vowel = next(each for each in kept.phonemes if each.end - each.start > 0.2)
    middle = round((vowel.start + vowel.end) / 2 * rate)
    pitch = float(kept.pitch[round((vowel.start + vowel.end) / 2 / 0.005)])
    assert hertz(sound[middle - 3000 : middle + 3000]) == pytest.approx(440 * 2 ** ((pitch - 69) / 12), rel=0.02)
    assert kept.voice == "Suara Coba"
    save_song(song, tmp_path / "song.json")
    save_singing(kept, tmp_path / "singing.json")
    with pytest.raises(FileError, match=r"unknown voice 'Suara Coba'.* name who sings it, or a voicebank's folder"):
        senandung.sing(song, out=tmp_path / "no", singing=tmp_path / "singing.json")
    again = senandung.sing(song, out=tmp_path / "again", singing=tmp_path / "singing.json", voice=folder)
    assert np.allclose(soundfile.read(again.folder / "vocal.wav")[0], sound, atol=1e-3)


def test_singing_with_a_bank_leaves_nothing_on_the_machine_and_reports_nothing(tmp_path: Path) -> None:
    """Newer releases of ONNX Runtime report to their makers, and keep an identifier of the machine for it."""
    song = tmp_path / "song.json"
    save_song(sung_song(("aku di sini",), step=240, last=480, bpm=120), song)
    bank = make_bank(tmp_path / "bank")
    code = (
        "import os, sys; from pathlib import Path; import senandung; song, bank, out = map(Path, sys.argv[1:]); "
        "senandung.sing(song, out=out / 'plain'); assert 'onnxruntime' not in sys.modules; "
        "senandung.sing(song, out=out / 'bank', voice=bank); import onnxruntime; "
        "assert os.environ['ORT_DISABLE_TELEMETRY'] == '1'; "
        "library = b''.join(p.read_bytes() for p in Path(onnxruntime.__file__).parent.glob('capi/*.so*')); "
        "assert b'Microsoft12Applications6Events' not in library, onnxruntime.__version__"
    )
    home = tmp_path / "home"
    home.mkdir()
    places = {name: str(home) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", code, str(song), str(bank), str(tmp_path / "out")],
        cwd=home,
        env={**os.environ, **places},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert list(home.iterdir()) == []
