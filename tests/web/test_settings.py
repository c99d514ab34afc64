"""Settings: what a person sets for themselves, the owner for all, and nobody for another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import NOW, PASSWORD, add_person, client_as, client_of, post

from senandung.api import accounts
from senandung.api.home import Home, open_home
from senandung.app.web.serving import Serving

OTHER = "kata sandi yang lain lagi"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path) as made:
        yield made


def test_a_name_a_language_and_a_theme_are_kept(home: Home) -> None:
    add_person(home)
    with client_of(home) as client:
        post(client, "/settings/look", name="Ibu", language="en", theme="dark")
        shown = client.get("/settings").text
        assert "Hello, Ibu" in shown
        assert 'data-theme="dark"' in shown
        answer = post(client, "/settings/look", name="SARI", language="en")
        assert answer.status_code == 400
        assert "taken" in answer.text
        post(client, "/settings/look", name="Ibu", language="xx", theme="<script>")
        assert 'lang="id"' in client.get("/settings").text
        assert 'data-theme="auto"' in client.get("/settings").text


def test_a_password_is_set_changed_and_taken_away(home: Home) -> None:
    with client_of(home) as client:
        short = post(client, "/settings/password", new="pendek")
        assert (short.status_code, "paling sedikit 10" in short.text) == (400, True)
        assert not accounts.has_password(home, home.owner)
        assert post(client, "/settings/password", new=PASSWORD).status_code == 303
        other = accounts.begin_visit(home, home.owner, device="lain", at=NOW)
        wrong = post(client, "/settings/password", now=OTHER, new=OTHER)
        assert (wrong.status_code, "tidak cocok" in wrong.text) == (400, True)
        assert post(client, "/settings/password", now=PASSWORD, new=OTHER).status_code == 303
        assert accounts.visit_of(home, other, at=NOW) is None, "other devices are put out"
        assert accounts.check_password(home, "pemilik", OTHER, address="x", at=NOW) is not None
        assert post(client, "/settings/password", now=OTHER, drop="yes").status_code == 303
        assert not accounts.has_password(home, home.owner)


def test_only_the_owner_on_this_machine_can_be_without_a_password(home: Home) -> None:
    with client_as(home, add_person(home)) as client:
        assert post(client, "/settings/password", now=PASSWORD, drop="yes").status_code == 404
    accounts.set_password(home, home.owner, PASSWORD)
    public = Serving(public_url="https://lagu.example.org")
    with client_as(home, home.owner, serving=public) as client:
        assert post(client, "/settings/password", now=PASSWORD, drop="yes").status_code == 404
    assert accounts.has_password(home, home.owner)


def test_devices_are_listed_and_put_out(home: Home) -> None:
    sari = add_person(home)
    with client_as(home, sari, clock=lambda: NOW) as client:
        phone = accounts.begin_visit(home, sari, device="Firefox, Android", at=NOW)
        owners = accounts.begin_visit(home, home.owner, device="milik pemilik", at=NOW)
        shown = client.get("/settings/devices").text
        assert "Firefox, Android" in shown
        assert "milik pemilik" not in shown
        found = accounts.visit_of(home, owners, at=NOW)
        assert found is not None
        assert post(client, "/settings/devices/end", which=str(found[1].id)).status_code == 404
        assert accounts.visit_of(home, owners, at=NOW) is not None
        assert post(client, "/settings/devices/end", which="others").status_code == 303
        assert accounts.visit_of(home, phone, at=NOW) is None
        assert client.get("/settings").status_code == 200


def test_a_code_for_one_more_device_is_shown_to_the_owner_alone(home: Home) -> None:
    sari = add_person(home)
    serving = Serving(host="192.168.1.5")
    with client_of(home, serving=serving) as client:
        code = client.app.state.code.now
        shown = client.get("/settings/devices").text
        assert f"{code[:4]} {code[4:]}" in shown
        assert "data:image/svg+xml" in shown
    with client_as(home, sari, serving=serving) as client:
        code = client.app.state.code.now
        shown = client.get("/settings/devices").text
        assert code not in shown.replace(" ", "")


def test_a_programs_password_is_shown_once_and_taken_back(home: Home) -> None:
    sari = add_person(home)
    with client_as(home, sari) as client:
        answer = post(client, "/settings/programs", client="Tempo")
        secret = re.search(r'<span class="secret">([\w-]{32})</span>', answer.text)
        assert secret is not None
        assert accounts.person_of_secret(home, secret[1], at=NOW) == sari
        shown = client.get("/settings/programs").text
        assert "Tempo" in shown
        assert secret[1] not in shown
        assert post(client, "/settings/programs", client="Tempo").status_code == 400
        number = accounts.app_passwords(home, sari)[0].id
        with client_of(home) as owner:
            assert "Tempo" not in owner.get("/settings/programs").text
            assert post(owner, "/settings/programs/end", which=str(number)).status_code == 404
        assert post(client, "/settings/programs/end", which="99999999999999999").status_code == 404
        assert post(client, "/settings/programs/end", which=str(number)).status_code == 303
        assert accounts.person_of_secret(home, secret[1], at=NOW) is None


def test_the_owner_adds_and_deletes_people(home: Home) -> None:
    with client_of(home) as client:
        assert post(client, "/settings/people", name="sari", password="pendek").status_code == 400
        assert post(client, "/settings/people", name="sari", password=PASSWORD, minor="yes").status_code == 303
        sari = accounts.check_password(home, "sari", PASSWORD, address="x", at=NOW)
        assert sari is not None
        assert sari.minor
        assert post(client, "/settings/people", name="Sari", password=PASSWORD).status_code == 400
        post(client, "/settings/people/minor", which=str(sari.id))
        assert not accounts.people(home)[1].minor
        assert post(client, "/settings/people/end", which=str(home.owner.id)).status_code == 404
        assert post(client, "/settings/people/end", which=str(sari.id)).status_code == 303
        assert [each.owner for each in accounts.people(home)] == [True]


@pytest.mark.parametrize("path", ["people", "people/minor", "people/end", "all"])
def test_what_is_the_owners_is_nobody_elses(home: Home, path: str) -> None:
    sari = add_person(home)
    with client_as(home, sari) as client:
        assert client.get("/settings/people").status_code == 404
        answer = post(client, f"/settings/{path}", which=str(home.owner.id), name="x", password=PASSWORD)
        assert answer.status_code == 404
    assert len(accounts.people(home)) == 2
    assert accounts.setting(home, "avoided") is True


def test_the_song_that_is_avoided_has_a_switch(home: Home) -> None:
    with client_of(home) as client:
        assert "/avoided" in client.get("/settings").text
        post(client, "/settings/all")
        assert accounts.setting(home, "avoided") is False
        assert "/avoided" not in client.get("/settings").text
    child = add_person(home, "anak", minor=True)
    accounts.set_setting(home, "avoided", True)
    with client_as(home, child) as client:
        assert "/avoided" not in client.get("/settings").text


def test_an_account_is_deleted_by_its_name_and_password_alone(home: Home) -> None:
    sari = add_person(home)
    song = home.songs / "lagu"
    song.mkdir(parents=True)
    with client_as(home, sari) as client:
        assert post(client, "/settings/data/delete", name="Sari", password=PASSWORD).status_code == 400
        assert post(client, "/settings/data/delete", name="sari", password=OTHER).status_code == 400
        assert len(accounts.people(home)) == 2
        assert post(client, "/settings/data/delete", name="sari", password=PASSWORD).status_code == 303
        assert len(accounts.people(home)) == 1
    with client_of(home) as client:
        assert post(client, "/settings/data/delete", name="pemilik").status_code == 303
        assert client.get("/settings").status_code == 200, "an owner who was never here"
    assert song.is_dir(), "what is nobody's stays"


def test_what_a_connection_cannot_do_is_said(home: Home) -> None:
    with client_of(home) as client:
        here = client.get("/settings/connection").text
        assert "HTTPS, atau di mesin ini" not in here
        assert "--host 0.0.0.0" in here
    phone = {"url": "http://192.168.1.5:8733", "address": "192.168.1.7", "serving": Serving(host="0.0.0.0")}
    with client_as(home, home.owner, **phone) as client:
        assert "HTTPS, atau di mesin ini" in client.get("/settings/connection").text
