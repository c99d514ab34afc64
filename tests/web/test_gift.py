"""Gift files: small enough, whole, asking nothing of anybody, and played by a real browser from the disk."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from axe import CALM, faults
from browser import opened
from playwright.sync_api import Browser
from waiting import until

from senandung.api.gift import GiftSong, gift_name, gift_text, save_gift, song_of_path
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.music import LyricLine
from senandung.domain.recording import Recording
from senandung.files.audio import AudioTags, save_audio
from senandung.files.gift_sound import gift_sound

LINES = (LyricLine(0, "Hujan turun lagi"), LyricLine(1500, "Aku rindu <kamu> & malam"), LyricLine(None, "tanpa waktu"))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of a tone, with tags that shall go to nobody."""
    path = tmp_path_factory.mktemp("gift") / "lagu.flac"
    time = np.arange(6 * 44_100) / 44_100
    samples = (0.2 * np.sin(2 * np.pi * 220 * time))[np.newaxis].astype(np.float32)
    save_audio(Recording(samples, 44_100), path, AudioTags("Hujan", "Sari", story="cerita yang dirahasiakan"))
    return path


def song_at(sound: Path) -> GiftSong:
    return GiftSong("Hujan", "Sari", sound, 6.0, LINES)


def sound_in(page: str) -> tuple[bytes, str]:
    found = re.search(r'id="sound"[^>]*src="data:([^;]+);base64,([A-Za-z0-9+/=]+)"', page)
    assert found is not None
    return base64.b64decode(found[2]), found[1]


def test_a_gift_holds_the_song_the_letter_and_the_words(sound: Path) -> None:
    page = gift_text(song_at(sound), letter="Untukmu & <kita>", memory=("2009 · Solo", "Payung merah."))
    for said in ("Untukmu &amp; &lt;kita&gt;", "Payung merah.", "2009 · Solo", "Aku rindu &lt;kamu&gt; &amp; malam",
                 'data-ms="1500"', "bisa membukanya dan meneruskannya"):  # fmt: skip
        assert said in page, said
    data, kind = sound_in(page)
    assert kind == "audio/mpeg"
    samples, rate = soundfile.read(io.BytesIO(data))
    assert len(samples) / rate == pytest.approx(6.0, abs=0.1)
    spectrum = np.abs(np.fft.rfft(samples[:rate, 0]))
    assert np.argmax(spectrum) == pytest.approx(220, abs=1)


def test_nothing_is_asked_of_anybody_and_no_tag_goes_along(sound: Path) -> None:
    page = gift_text(song_at(sound), letter="x")
    bare = re.sub(r"data:[a-z/]+;base64,[A-Za-z0-9+/=]+", "", page)
    assert re.findall(r"(?:https?:)?//[a-z]", bare) == []
    assert "default-src 'none'" in page
    assert b"cerita yang dirahasiakan" not in sound_in(page)[0]
    assert "dirahasiakan" not in page


def test_a_long_song_is_made_smaller_and_one_that_is_too_long_refused(sound: Path, tmp_path: Path) -> None:
    kinds = []
    for most in (160_000, 80_000, 60_000, 40_000, 30_000):
        data, kind = gift_sound(sound, 6.0, most)
        assert len(data) <= most
        kinds.append(kind)
    assert kinds == ["audio/mpeg", "audio/mpeg", "audio/ogg", "audio/ogg", "audio/ogg"]
    samples, rate = soundfile.read(io.BytesIO(data))
    assert len(samples) / rate == pytest.approx(6.0, abs=0.1)
    with pytest.raises(InvalidValueError, match="must last at most 0 minutes"):
        gift_sound(sound, 6.0, 3000)
    with pytest.raises(InvalidValueError, match="at most 45 minutes, got 60"):
        gift_text(replace(song_at(sound), seconds=3600.0))


def test_what_is_no_song_is_refused(tmp_path: Path) -> None:
    (tmp_path / "palsu.mp3").write_bytes(b"this is a letter and no sound" * 50)
    with pytest.raises(FileError, match="no"):
        song = song_of_path(tmp_path / "palsu.mp3")
        gift_text(song)
    with pytest.raises(FileError, match="not a song folder"):
        song_of_path(tmp_path)
    with pytest.raises(InvalidValueError, match="at most 20000 characters"):
        gift_text(GiftSong("x", "", tmp_path / "palsu.mp3"), letter="x" * 20_001)


def test_its_name_is_plain() -> None:
    assert gift_name(GiftSong("../../Élan / hujan?", "", Path("a"))) == "elan-hujan.html"


def test_in_a_browser_a_gift_file_is_for_everybody(chromium: Browser, sound: Path, tmp_path: Path) -> None:
    save_gift(song_at(sound), tmp_path / "hadiah.html", letter="Untukmu.\n\nSampai bait kedua.", start_ms=1000)
    with opened(chromium, offline=True, **CALM) as page:
        page.goto((tmp_path / "hadiah.html").as_uri())
        until(page, "document.querySelector('#sound').currentTime >= 1")
        assert faults(page) == []
        page.click("#play")
        until(page, "document.querySelector('.words .now')?.textContent.includes('rindu')")
        page.click("#play")
        assert faults(page) == [], "with a line that is sung"


def test_in_a_browser_it_plays_from_the_disk_and_the_words_follow(
    chromium: Browser,
    sound: Path,
    tmp_path: Path,
) -> None:
    save_gift(song_at(sound), tmp_path / "hadiah.html", letter="Untukmu.", start_ms=1000)
    asked: list[str] = []
    with opened(chromium, offline=True) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "hadiah.html").as_uri())
        until(page, "document.querySelector('#sound').currentTime >= 1")
        assert page.inner_text(".letter") == "Untukmu."
        page.click("#play")
        until(page, "document.querySelector('#sound').currentTime > 1.7")
        until(page, "document.querySelector('.words .now')?.textContent.includes('rindu')")
        page.click("#play")
        assert page.evaluate("document.querySelector('#sound').paused")
        page.click("text=Hujan turun lagi")
        until(page, "document.querySelector('#sound').currentTime < 1.2 && !document.querySelector('#sound').paused")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert {address.partition(":")[0] for address in asked} <= {"file", "blob", "data"}
