"""Listening histories of services: known by what they hold, read whole or not at all."""

from __future__ import annotations

import dataclasses
import io
import json
import random
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from histories import (
    APPLE_HEAD,
    HIDDEN,
    NOW,
    apple_row,
    brainz_rows,
    lastfm_text,
    lastfm_tracks,
    listens,
    pack,
    short_rows,
    spotify_row,
    spotify_rows,
    table,
    watched,
    write,
)
from senandung.domain.errors import FileError
from senandung.domain.listen import DROPPED, History, Listen
from senandung.files.history import load_history, reading
from senandung.files.history.rows import address_of
from senandung.files.history.youtube import SENTENCES, sentence_of

AT = datetime(2022, 8, 17, 3, 0, tzinfo=UTC)


def load(path: Path, **options: Any) -> History:
    return load_history(path, now=NOW, **options)


def one(history: History) -> Listen:
    (listen,) = history.listens
    assert not history.dropped
    return listen


# Spotify -------------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(some.integers(0, 10_000), some.integers(1, 60))
def test_spotifys_history_comes_back_as_it_was_heard(
    tmp_path_factory: pytest.TempPathFactory, seed: int, count: int
) -> None:
    plays = listens(seed, count)
    path = write(tmp_path_factory.mktemp("h") / "x", spotify_rows(plays))
    assert load(path).listens == tuple(plays)


def test_an_archive_of_several_parts_is_one_history(tmp_path: Path) -> None:
    plays = listens(1, 40)
    path = pack(
        tmp_path / "my_spotify_data.zip",
        {
            "Spotify Extended Streaming History/ReadMeFirst.pdf": b"%PDF-1.4 \x00\x00",
            "Spotify Extended Streaming History/Streaming_History_Audio_2021_0.json": spotify_rows(plays[:25]),
            "Spotify Extended Streaming History/Streaming_History_Audio_2021_1.json": spotify_rows(plays[25:]),
            "Spotify Extended Streaming History/Userdata.json": {"username": "x"},
            "Spotify Extended Streaming History/empty.json": [],
        },
    )
    history = load(path)
    assert history.source == "spotify"
    assert history.listens == tuple(plays)


def test_short_plays_and_skips_are_kept_and_the_time_is_when_it_began(tmp_path: Path) -> None:
    row = spotify_row(AT, played=1500, reason_start="clickrow", reason_end="fwdbtn", skipped=True)
    listen = one(load(write(tmp_path / "endsong_0.json", [row])))
    # the source writes whole seconds, of the end
    assert abs(listen.started - AT) < timedelta(seconds=1)
    assert (listen.played_ms, listen.began, listen.ended, listen.skipped) == (1500, "clickrow", "fwdbtn", True)
    assert listen.piece.address == "https://open.spotify.com/track/Kangen0000000000000000"


@pytest.mark.parametrize("unit", [1, 1000])
def test_a_play_without_a_connection_began_by_the_devices_clock(tmp_path: Path, unit: int) -> None:
    heard = AT - timedelta(days=3)
    row = spotify_row(AT, offline=True, offline_timestamp=int(heard.timestamp()) * unit)
    assert one(load(write(tmp_path / "x", [row]))).started == heard
    broken = spotify_row(AT, offline=True, offline_timestamp=int((AT + timedelta(days=9)).timestamp()))
    assert one(load(write(tmp_path / "y", [broken]))).started == AT


def test_what_is_no_music_or_private_is_counted_by_its_reason(tmp_path: Path) -> None:
    rows: list[Any] = [
        spotify_row(AT),
        spotify_row(AT, incognito_mode=True),
        spotify_row(AT, master_metadata_track_name=None, episode_name="Obrolan"),
        spotify_row(AT, master_metadata_track_name=None, audiobook_title="Buku"),
        spotify_row(AT, master_metadata_track_name=None, spotify_track_uri=None),
        spotify_row(AT, ts="kemarin"),
        spotify_row(AT, ts="1970-01-01T00:00:00Z"),
        spotify_row(AT, ts="2099-01-01T00:00:00Z"),
        spotify_row(AT, master_metadata_track_name=["x"]),
        "x",
    ]
    path = write(tmp_path / "x", rows)
    history = load(path)
    assert len(history.listens) == 1
    assert history.dropped == {
        "incognito": 1, "no-time": 1, "no-title": 2, "odd-time": 2, "podcast": 2, "unreadable": 1,
    }  # fmt: skip
    assert history.rows == len(rows)
    assert len(load(path, incognito=True).listens) == 2


def test_address_in_the_network_country_and_program_are_in_nothing_that_is_read(tmp_path: Path) -> None:
    apple = table([APPLE_HEAD, apple_row()])
    for path in (write(tmp_path / "x", [spotify_row(AT)]), write(tmp_path / "y", apple)):
        said = repr(dataclasses.asdict(one(load(path))))
        for hidden in (HIDDEN, "rahasia", "SM-A525F", "'ID'"):
            assert hidden not in said


def test_reasons_that_nobody_knows_are_unknown(tmp_path: Path) -> None:
    row = spotify_row(AT, reason_start="teleport", reason_end="", skipped=None, ms_played=-5)
    listen = one(load(write(tmp_path / "x", [row])))
    assert (listen.began, listen.ended, listen.skipped, listen.played_ms) == ("unknown", None, None, None)


def test_the_account_data_is_utc_unless_said_otherwise(tmp_path: Path) -> None:
    rows = short_rows(listens(3, 1, begins=AT))
    path = write(tmp_path / "StreamingHistory_music_0.json", [*rows, {**rows[0], "podcastName": "p"}])
    history = load(path)
    assert history.source == "spotify-short"
    assert history.dropped == {"podcast": 1}
    assert abs(history.listens[0].started - AT) < timedelta(minutes=1)
    local = load(path, zone=ZoneInfo("Asia/Jakarta"))
    assert local.listens[0].started == history.listens[0].started - timedelta(hours=7)


# ListenBrainz --------------------------------------------------------------------------------------------------------


def test_listenbrainzs_export(tmp_path: Path) -> None:
    plays = listens(4, 30)
    lines = [json.dumps(row) for row in brainz_rows(plays)]
    path = pack(
        tmp_path / "lb.zip",
        {
            "user.json": {"user_id": 1},
            "feedback.jsonl": "",
            "listens/2021/5.jsonl": "\n".join(lines[:20]),
            "listens/2021/6.jsonl": "\n".join(lines[20:]) + "\n\n",
        },
    )
    history = load(path)
    assert history.source == "listenbrainz"
    assert [(each.started, each.piece.title) for each in history.listens] == [
        (each.started, each.piece.title) for each in plays
    ]
    assert {each.piece.length_ms for each in history.listens} == {215_000}
    assert {each.played_ms for each in history.listens} == {None}


def test_a_listen_with_all_that_it_may_say_and_one_with_little(tmp_path: Path) -> None:
    mbid = "0b2a7f6e-1111-4222-8333-444455556666"
    rows = brainz_rows(listens(5, 3))
    rows[0]["track_metadata"]["additional_info"] = {
        "isrc": "IDA012345678", "duration": 200, "recording_mbid": mbid.upper(),
        "spotify_id": "https://open.spotify.com/track/" + "a" * 22,
    }  # fmt: skip
    rows[1]["track_metadata"].update(additional_info=None, mbid_mapping={"recording_mbid": mbid})
    rows[2]["track_metadata"]["additional_info"] = {"origin_url": "javascript:alert(1)"}
    first, second, third = load(write(tmp_path / "x.json", rows)).listens
    assert (first.piece.isrc, first.piece.length_ms, first.piece.mbid) == ("IDA012345678", 200_000, mbid)
    assert first.piece.address == "https://open.spotify.com/track/" + "a" * 22
    assert second.piece.mbid == mbid
    assert third.piece.address is None


# Last.fm -------------------------------------------------------------------------------------------------------------


def test_three_forms_of_lastfm_tell_the_same(tmp_path: Path) -> None:
    plays = listens(6, 25)
    head = ["uts", "utc_time", "artist", "artist_mbid", "album", "album_mbid", "track", "track_mbid"]
    rows = [
        [int(p.started.timestamp()), "", p.piece.artist, "", p.piece.album, "", p.piece.title, ""]
        for p in plays
    ]  # fmt: skip
    tracks = lastfm_tracks(plays)
    playing = {key: value for key, value in tracks[0].items() if key != "date"} | {"@attr": {"nowplaying": "true"}}
    forms = [
        write(tmp_path / "a", table([head, *rows])),
        write(tmp_path / "b", table([head, *rows], ";"), encoding="utf-8-sig"),
        write(tmp_path / "c", [{"track": tracks[:10]}, {"track": tracks[10:]}]),
        write(tmp_path / "d", [tracks[:10], tracks[10:]]),
        write(tmp_path / "e", [{"track": [playing, *tracks]}]),
        write(tmp_path / "f", lastfm_text(plays)),
        write(tmp_path / "g", lastfm_text(plays), encoding="utf-16"),
    ]
    for path in forms:
        history = load(path)
        minute = history.source == "lastfm-text"
        expected = [each.started.replace(second=0) if minute else each.started for each in plays]
        assert [each.started for each in history.listens] == expected, path
        assert [each.piece.title for each in history.listens] == [each.piece.title for each in plays]
        assert history.dropped == ({"playing-now": 1} if path.name == "e" else {})


def test_a_table_without_a_head_takes_the_zone_that_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "x", 'A,"B","C, D",""\nA,B,C,17 Aug 2022 10:00\nA,B,C,30 Feb 2022 10:00\nA,B\n')
    history = load(path, zone=ZoneInfo("Asia/Jakarta"))
    assert [each.started for each in history.listens] == [AT]
    assert history.dropped == {"no-time": 1, "playing-now": 1, "unreadable": 1}


# YouTube -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "behind"), SENTENCES)
def test_titles_are_taken_out_of_their_sentence_in_every_known_language(
    tmp_path: Path, before: str, behind: str
) -> None:
    names = ["Kangen", "Sephia", "Dan", "Bintang Kehidupan", "Lilin-Lilin Kecil"]
    rows = [watched(f"{before}{name}{behind}", "Dewa 19 - Topik") for name in names]
    history = load(write(tmp_path / "riwayat-tontonan.json", rows))
    assert [each.piece.title for each in history.listens] == names
    assert {each.piece.artist for each in history.listens} == {"Dewa 19"}
    assert history.listens[0].piece.address == "https://music.youtube.com/watch?v=abcdefghijk"
    assert history.listens[0].started == datetime(2023, 5, 6, 7, 8, 9, 123000, tzinfo=UTC)


def test_an_unknown_language_is_what_all_titles_share() -> None:
    titles = [f"Wes nonton {name} lho" for name in "abcdefghijklmnopqrstuvwxyz"]
    assert sentence_of(titles) == ("Wes nonton ", " lho")
    assert sentence_of(titles[:5]) == ("", "")


def test_adverts_other_videos_and_removed_ones_are_dropped(tmp_path: Path) -> None:
    gone = watched("Watched a video that has been removed", "x")
    del gone["titleUrl"], gone["subtitles"]
    rows = [
        watched("Watched Kangen", "Dewa 19 - Topic", header="YouTube"),
        watched("Watched Dewa 19 - Kangen (Official Video)", "Aquarius Musikindo"),
        watched("Watched Cara memasak rendang", "Dapur", header="YouTube"),
        watched("Watched Beli sekarang", "Toko", details=[{"name": "Dari Google Ads"}]),
        gone,
        watched("Watched https://www.youtube.com/watch?v=abcdefghijk", "y"),
    ]
    history = load(write(tmp_path / "x", rows))
    assert [(each.piece.artist, each.piece.title) for each in history.listens] == [
        ("Dewa 19", "Kangen"),
        ("Dewa 19", "Kangen (Official Video)"),
    ]
    assert history.dropped == {"advert": 1, "gone": 2, "not-music": 1}


# Apple ---------------------------------------------------------------------------------------------------------------


def test_apples_activity_says_how_a_play_ended(tmp_path: Path) -> None:
    rows = [
        apple_row(),
        apple_row(End_Reason_Type="TRACK_SKIPPED_FORWARDS", Play_Duration_Milliseconds="4200"),
        apple_row(End_Reason_Type="PLAYBACK_MANUALLY_PAUSED", Event_Start_Timestamp=""),
        apple_row(End_Reason_Type="SOMETHING_NEW", Artist_Name="", Play_Duration_Milliseconds="-1"),
        apple_row(Event_Type="LYRIC_DISPLAY"),
        apple_row(Media_Type="VIDEO"),
        apple_row(Song_Name=""),
        ["broken"],
    ]
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("Apple Music Activity/Apple Music Play Activity.csv", table([APPLE_HEAD, *rows]))
    path = pack(tmp_path / "Apple_Media_Services.zip", {"Apple Music Activity.zip": inner.getvalue()})
    history = load(path)
    assert [(each.ended, each.skipped, each.played_ms) for each in history.listens] == [
        ("trackdone", False, 180_000), ("fwdbtn", True, 4200), ("endplay", None, 180_000), ("unknown", None, None),
    ]  # fmt: skip
    assert history.dropped == {"no-title": 1, "not-a-play": 1, "unreadable": 1, "video": 1}
    assert {each.offset_minutes for each in history.listens} == {420}
    assert history.listens[2].started == datetime(2022, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


# damaged, hostile, unknown -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 40, 400, 2000])
def test_a_file_that_breaks_off_is_refused_as_a_whole(tmp_path: Path, cut: int) -> None:
    whole = json.dumps(spotify_rows(listens(7, 20)))
    with pytest.raises(FileError, match=r"x\.json: the JSON breaks off|is damaged or breaks off"):
        load(write(tmp_path / "x.json", whole[:-cut]))


def test_a_line_that_breaks_off_is_named(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(row) for row in brainz_rows(listens(8, 3)))
    with pytest.raises(FileError, match=r"x\.jsonl, line 3: the line is no JSON"):
        load(write(tmp_path / "x.jsonl", text[:-9]))


def test_another_encoding_is_said(tmp_path: Path) -> None:
    text = table([["uts", "artist", "track"], ["1650000000", "Sigur Rós", "Góðan daginn"]])
    with pytest.raises(FileError, match="not UTF-8"):
        load(write(tmp_path / "x.csv", text, encoding="cp1252"))


@pytest.mark.parametrize(
    "content",
    [b"dear diary, today it rained", b"\x89PNG\r\n\x1a\n\x00\x00", b"[]", b"{}", b'[{"a": 1}]', b"[" * 100_000,
     b'{"a": ' * 100_000, b"a,b,c,d\n1,2,3,4\n", b"PK\x05\x06" + b"\0" * 18, b'[1, 2', b"\xff\xfe"],
)  # fmt: skip
def test_what_is_no_history_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(FileError, match=r"no listening history of Spotify, .*Apple Music$"):
        load(tmp_path / "x")


def test_takeout_as_a_page_is_told_what_to_ask_for(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="JSON instead of HTML"):
        load(write(tmp_path / "watch-history.html", "<!DOCTYPE html><html><body>Watched x</body></html>"))


def test_an_empty_file_and_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="the file is empty"):
        load(write(tmp_path / "x", ""))
    with pytest.raises(FileError, match="cannot be read"):
        load(tmp_path / "nowhere")


def test_a_damaged_archive_is_said(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.zip", {"a.json": spotify_rows(listens(9, 200))})
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    with pytest.raises(FileError, match="damaged or cut off"):
        load(path)
    path.write_bytes(whole[:300] + b"\0\0\0\0\0\0\0\0" + whole[308:])
    with pytest.raises(FileError, match="damaged"):
        load(path)


def test_an_archive_that_unpacks_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = json.dumps(spotify_row(AT))
    path = pack(tmp_path / "bomb.zip", {"a.json": "[" + ",".join([row] * 20_000) + "]"})
    assert path.stat().st_size < 200_000
    monkeypatch.setattr(reading, "MOST_BYTES", 5_000_000)
    with pytest.raises(FileError, match="unpacks to more than"):
        load(path)


def test_endless_rows_items_and_lines_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("senandung.files.history.MOST_ROWS", 50)
    with pytest.raises(FileError, match="at most 50 rows"):
        load(write(tmp_path / "x", spotify_rows(listens(1, 51))))
    monkeypatch.setattr(reading, "LONGEST_ITEM", 1000)
    with pytest.raises(FileError, match="too long"):
        load(write(tmp_path / "x", '[{"ts": "", "ms_played": 1, "x": "' + "y" * 2_000_000))
    monkeypatch.setattr(reading, "LONGEST_LINE", 1000)
    with pytest.raises(FileError, match="at most 1000 characters"):
        load(write(tmp_path / "x", "uts,artist,track\n" + "y" * 3000))


@settings(max_examples=150)
@given(some.binary(max_size=300) | some.text(max_size=300).map(str.encode))
def test_anything_is_a_history_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "x"
    path.write_bytes(content)
    with pytest.raises(FileError, match="x: "):
        load(path)


VALUES = some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8) | some.just({"a": [1]})


@settings(max_examples=200)
@given(some.data())
def test_rows_with_anything_in_any_field_are_plays_or_counted(
    tmp_path_factory: pytest.TempPathFactory, data: some.DataObject
) -> None:
    rows = [
        spotify_row(AT),
        short_rows(listens(1, 1))[0],
        brainz_rows(listens(1, 1))[0],
        watched("Watched x", "y - Topic"),
        lastfm_tracks(listens(1, 1))[0],
    ]
    good = data.draw(some.sampled_from(rows))
    bad = {key: data.draw(VALUES) if data.draw(some.booleans()) else value for key, value in good.items()}
    if isinstance(bad.get("track_metadata"), dict):
        bad["track_metadata"] = {key: data.draw(VALUES) for key in bad["track_metadata"]}
    path = tmp_path_factory.mktemp("any") / "x"
    history = load(write(path, [good, bad]))
    assert history.rows == 2
    assert set(history.dropped) <= set(DROPPED)
    for each in history.listens:
        assert "\0" not in each.piece.title + each.piece.artist + each.piece.album
        (each.piece.title + each.piece.artist + each.piece.album).encode()


@given(some.text(max_size=60) | some.text(max_size=40).map("https://open.spotify.com/".__add__))
def test_an_address_leads_to_known_places_alone(text: str) -> None:
    address = address_of(text)
    assert address is None or address.startswith(("https://open.spotify.com/", "https://music.youtube.com/watch?v="))


@settings(max_examples=25)
@given(some.integers(1, 9), some.integers(0, 99))
def test_an_array_is_read_the_same_in_pieces_of_any_size(
    tmp_path_factory: pytest.TempPathFactory, chunk: int, seed: int
) -> None:
    dice = random.Random(seed)
    items = [{"ключ": "é" * dice.randrange(30), "n": [dice.random(), None]} for _ in range(dice.randrange(1, 9))]
    path = write(tmp_path_factory.mktemp("p") / "x", json.dumps(items, ensure_ascii=False, indent=seed % 3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_CHUNK", chunk)
        assert list(reading.array_items(reading.Part(path))) == items
