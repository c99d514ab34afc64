"""A home that is lived in, for tests that visit every page and for the pictures of the docs."""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw
from sqlalchemy import select

from histories import spotify_row
from music_files import make_music
from senandung.api import accounts, memories, sharing
from senandung.api.analysis import VERSION
from senandung.api.history import import_history
from senandung.api.home import Home
from senandung.api.library import add_folder, add_song, scan
from senandung.api.making import CREATE, READ, Asked, read_wish, reading_wish, wish_of
from senandung.api.memories import Written
from senandung.domain.feeling import Feeling
from senandung.domain.gift import Gift
from senandung.domain.memory import Felt, Note
from senandung.domain.music import TrackHeard
from senandung.files.tags import digest_of_pieces
from senandung.remembering import jobs, vows
from senandung.remembering.analyses import Waiting, save_heard
from senandung.remembering.store.tracks import TrackRow
from senandung.remembering.tracks import find_track, search_tracks
from song_folders import song_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)

SONGS = (
    ("Hujan di Beranda", "Nara Senja", "Pulang", "darkslateblue", -0.4, -0.3),
    ("Kopi Jam Lima", "Nara Senja", "Pulang", "darkslateblue", 0.5, -0.4),
    ("Surat yang Tak Sampai", "Nara Senja", "Pulang", "darkslateblue", -0.6, 0.1),
    ("Layang-Layang", "Orkes Angin Timur", "Pasar Malam", "peru", 0.7, 0.6),
    ("Komidi Putar", "Orkes Angin Timur", "Pasar Malam", "peru", 0.6, 0.4),
    ("Lampu Kota", "Rimba Kecil", "Rimba Kecil", "seagreen", 0.1, 0.3),
)
"""Title, artist, album, colour of the cover, and the feeling that is said to be heard; nobody's songs."""

WORDS = "[00:01.00]Hujan turun di beranda\n[00:04.00]Kopi dingin, kursi kosong\n[00:08.00]Kau pernah di situ\n"


@dataclass(frozen=True)
class Seeds:
    """Numbers of what is there."""

    track: int
    other: int
    elsewhere: int
    song: int
    album: int
    artist: int
    cover: int
    memory: int
    vow: int
    listening: int
    job: int
    read: int
    gift: int
    link: str


def cover(colour: str) -> bytes:
    """A drawn cover: a low sun over water, in tones of a colour."""
    size = 400
    red, green, blue = ImageColor.getrgb(colour)[:3]
    sheet = Image.new("RGB", (size, size))
    draw = ImageDraw.Draw(sheet)
    for y in range(size):
        light = 1.25 - 0.7 * abs(y - 0.58 * size) / size
        draw.line(
            [(0, y), (size, y)], fill=tuple(min(255, int(each * light + 28 * light)) for each in (red, green, blue))
        )
    draw.ellipse([130, 120, 270, 260], fill=(250, 226, 190))
    for row in range(9):
        y = 236 + 18 * row
        shade = tuple(int(each * (0.8 - 0.05 * row)) for each in (red, green, blue))
        draw.line(
            [(x, y + 5 * math.sin(x / (17 + 3 * row) + row)) for x in range(-5, size + 6, 5)], fill=shade, width=9
        )
    made = io.BytesIO()
    sheet.save(made, "PNG")
    return made.getvalue()


def make_songs(folder: Path, *, seconds: float = 12) -> Path:
    """Files of `SONGS`, with words beside the first."""
    for number, (title, artist, album, colour, _, _) in enumerate(SONGS, 1):
        tags = {
            "title": title,
            "artist": artist,
            "album": album,
            "album_artist": artist,
            "track": str(number),
            "date": "2019",
        }
        path = folder / album / f"{number:02} {title}.mp3"
        make_music(path, tags, seconds=seconds, hz=180 + 40 * number, cover=cover(colour))
        if number == 1:
            path.with_suffix(".lrc").write_text(WORDS, encoding="utf-8")
    return folder


def fill(home: Home, songs: Path, scratch: Path, *, at: datetime = NOW) -> Seeds:
    """Live in a home: music, a history, memories, listenings, a song that was made, a job."""
    owner = home.owner
    accounts.add_person(home, "sari", "sebuah kata sandi yang panjang", at=at)
    accounts.add_app_password(home, owner, "Ponsel lama", at=at)
    scan(home.database, add_folder(home.database, songs, at=at), at=at)
    folder = song_folder(scratch / "Rindu di Jendela")
    home.songs.mkdir(parents=True, exist_ok=True)
    song = add_song(home.database, folder.rename(home.songs / "rindu-di-jendela"), owner_id=owner.id, at=at)
    plays = [
        spotify_row(at - DAY * day, artist, title, album, ms_played=180_000)
        for day, (title, artist, album, *_) in enumerate(SONGS * 4)
    ]
    plays.append(spotify_row(at - 40 * DAY, "Bayu Laut", "Dermaga", "Dermaga", ms_played=200_000))
    path = scratch / "Streaming_History_Audio_2026.json"
    path.write_text(json.dumps(plays), encoding="utf-8")
    import_history(home, owner, path, at=at)
    with home.database.writing() as session:
        found = {each.title: each for each in search_tracks(session, owner.id).tracks}
        for title, _, _, _, valence, arousal in SONGS:
            track = find_track(session, found[title].id, owner.id)
            assert track is not None
            assert track.path is not None
            arc = tuple((second, valence + 0.1 * (second % 3), arousal + 0.05 * second) for second in range(0, 12, 2))
            heard = TrackHeard("done", valence=valence, arousal=arousal, tempo=92.0, key="A minor", arc=arc)
            waiting = Waiting(track.id, track.path, digest_of_pieces(track.path))
            assert save_heard(session, waiting, heard, version=VERSION, at=at)
    first, second = found[SONGS[0][0]], found[SONGS[3][0]]
    today = at.date()
    beranda = Written(
        4000, None, "Desember 2019", people="Ibu, Dewi", place="Beranda rumah lama", valence=-0.3, arousal=-0.4,
        words="rindu", text="Ibu menunggu hujan reda sambil menyetrika. Radio kecil itu selalu di lagu ini.",
    )  # fmt: skip
    pasar = Written(
        2000,
        None,
        "lulusan SMA",
        people="Bima",
        place="Alun-alun",
        valence=0.7,
        arousal=0.6,
        text="Kami naik komidi putar tiga kali.",
    )
    memory = memories.add(home, owner, first.id, beranda, at=at, today=today)
    memories.add(home, owner, second.id, pasar, at=at, today=today)
    memories.add_chills(home, owner, first.id, 8000, at=at)
    with home.database.writing() as session:
        for months in (5, 2, 0):
            begun = at - 30 * DAY * months
            felt = Felt(-0.7 + 0.12 * (5 - months), 0.3 - 0.1 * (5 - months))
            vow = vows.begin_vow(session, owner.id, first.id, Note("Agak takut.", felt), at=begun)
            vows.end_vow(session, owner.id, vow.id, "heard", heard_ms=12_000, at=begun + timedelta(seconds=12))
            after = Felt((felt.valence or 0) + 0.3, (felt.arousal or 0) - 0.2)
            vows.note_vow(session, owner.id, vow.id, after=Note("Ternyata tidak seburuk itu.", after))
        listening = vows.begin_vow(session, owner.id, second.id, Note(), at=at)
        text = "aku rindu kamu, malam ini hujan turun lagi"
        felt = Feeling(-0.5, -0.2)
        job = jobs.add_job(session, owner.id, CREATE, wish_of(Asked(text, felt)), seed=7, at=at)
        given = reading_wish(text)
    with home.database.writing() as session:
        read = jobs.add_done(session, owner.id, READ, given, read_wish(home, given), at=at)
    letter = "Kalau lagu ini lewat, ingat beranda itu. Aku masih menyimpan radionya."
    gift, link = sharing.give(home, owner, first.id, Gift(letter, "Dewi"), at=at)
    with home.database.reading() as session:
        elsewhere = session.scalars(select(TrackRow.id).where(TrackRow.title == "Dermaga")).one()
    assert first.album_id and first.artist_id and first.cover_id
    return Seeds(
        first.id,
        second.id,
        elsewhere,
        song,
        first.album_id,
        first.artist_id,
        first.cover_id,
        memory.id,
        vow.id,
        listening.id,
        job.id,
        read.id,
        gift.id,
        link,
    )
