"""Texts and options are told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.app.arguments import UsageError, build_parser, order_arguments


def parse(*arguments: str) -> object:
    parser = build_parser()
    return parser.parse_args(order_arguments(arguments, parser))


@given(st.tuples(st.text(), st.text()).map(" ".join))
def test_any_text_with_a_blank_arrives_as_it_was(text: str) -> None:
    given_ = parse("create", text, "--style", "dangdut", "--seed", "3")
    assert given_.traces == [text]  # type: ignore[attr-defined]
    assert (given_.style, given_.seed) == ("dangdut", 3)  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["-5 derajat di hatiku", "--- titik ---", "-1", "- aku", "--rindu berat", "-.-"])
def test_a_leading_minus_is_text(text: str) -> None:
    assert parse("feel", text).traces == [text]  # type: ignore[attr-defined]


def test_values_may_begin_with_a_minus() -> None:
    given_ = parse("create", "aku", "--feeling", "-0.5,-0.2", "--story", "-- lalu hujan")
    assert (given_.feeling, given_.story) == ("-0.5,-0.2", "-- lalu hujan")  # type: ignore[attr-defined]


def test_after_two_minuses_everything_is_text() -> None:
    assert parse("create", "--seed", "1", "--", "--style").traces == ["--style"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (["create", "aku", "--sytle", "pop"], "unknown option --sytle; did you mean --style"),
        (["feel", "--language", "id"], "required: TRACE"),
        (["continue", "tune.mid"], "required: --bars"),
        (["create", "aku", "--style"], "expected one argument"),
        (["create", "aku", "--style", "--seed", "1"], "expected one argument"),
        (["create", "aku", "--seed", "satu"], "invalid int value: 'satu'"),
        (["create", "aku", "--minutes", "2", "--bars", "16"], "not allowed with"),
        (["nyanyi", "aku"], "invalid choice"),
    ],
)
def test_errors_are_one_sentence(arguments: list[str], match: str) -> None:
    with pytest.raises(UsageError, match=match) as caught:
        parse(*arguments)
    assert "\n" not in str(caught.value)
