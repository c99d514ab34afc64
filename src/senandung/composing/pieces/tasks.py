"""What a network is asked for beside going on: a plan first, or rows to be filled in.

    plan     header  task:plan  bar-head*  task:music  bar*
    infill   header  task:infill  bar*  task:fill  row*  task:filled

A bar-head is what stands in a bar before its first track: bars left, metre, key, chords. With a plan the whole harmony
of the stretch is known before the first note; its heads are written again in their bars, where they are given.
For an infill, rows (a bar's track with its notes) are replaced by their track token and `task:blank`; the missing rows
follow in the order of their blanks, each with its track token (Bavarian et al. 2022, "Efficient training of language
models to fill in the middle"; bars x tracks as in MMM). Rows do not depend on each other's coding, so any can be blank.
Arranging is an infill in which all rows but the melody's are blank.
"""

from __future__ import annotations

from collections.abc import Sequence

from senandung.composing.pieces.vocabulary import IDS, kind_of
from senandung.domain.checks import require

PLAN, MUSIC = IDS["task:plan"], IDS["task:music"]
INFILL, BLANK, FILL, FILLED = (IDS[f"task:{name}"] for name in ("infill", "blank", "fill", "filled"))


def split_bars(tokens: Sequence[int]) -> list[list[int]]:
    """The bars of music tokens; an `end` stays with the last."""
    bars: list[list[int]] = []
    for token in tokens:
        if kind_of(token) == "bar":
            bars.append([])
        require(bool(bars), "music must begin with a bar", token)
        bars[-1].append(token)
    return bars


def split_rows(bar: Sequence[int]) -> list[list[int]]:
    """A bar's head and its rows, each beginning with its track; an `end` is a row of its own."""
    rows: list[list[int]] = [[]]
    for token in bar:
        if kind_of(token) in ("track", "end"):
            rows.append([])
        rows[-1].append(token)
    return rows


def with_plan(bars: Sequence[Sequence[int]]) -> tuple[list[int], list[bool]]:
    """Bars with their plan before them, and which of the tokens are to be learnt: not the heads' second writing, but
    their bar lines, for a bar line is also what ends the last row before it.

    `without_plan` is its inverse.
    """
    tokens, learnt = [PLAN], [False]
    heads = [split_rows(bar)[0] for bar in bars]
    for head in heads:
        tokens += head
        learnt += [True] * len(head)
    tokens.append(MUSIC)
    learnt.append(True)
    for bar, head in zip(bars, heads, strict=True):
        tokens += bar
        learnt += [True] + [False] * (len(head) - 1) + [True] * (len(bar) - len(head))
    return tokens, learnt


def without_plan(tokens: Sequence[int]) -> list[int]:
    """The music behind a plan."""
    require(MUSIC in tokens, "a plan must be followed by music", len(tokens))
    return list(tokens[list(tokens).index(MUSIC) + 1 :])


def with_blanks(bars: Sequence[Sequence[int]], blanks: set[tuple[int, int]]) -> tuple[list[int], list[bool]]:
    """Bars with rows left blank and written behind them, and which of the tokens are to be learnt: the missing rows,
    their tracks as well, for the next row's track is what ends a row.

    `blanks` names the rows by bar and track token. `without_blanks` is its inverse.
    """
    tokens = [INFILL]
    missing: list[list[int]] = []
    for index, bar in enumerate(bars):
        head, *rows = split_rows(bar)
        tokens += head
        for row in rows:
            if (index, row[0]) in blanks:
                tokens += [row[0], BLANK]
                missing.append(row)
            else:
                tokens += row
    tokens.append(FILL)
    learnt = [False] * len(tokens)
    for row in missing:
        tokens += row
        learnt += [True] * len(row)
    return [*tokens, FILLED], [*learnt, True]


def without_blanks(tokens: Sequence[int]) -> list[int]:
    """The music of an infill, every blank filled with its row."""
    require(FILL in tokens, "blanks must be followed by what fills them", len(tokens))
    at = list(tokens).index(FILL)
    missing = [row for row in split_rows([t for t in tokens[at + 1 :] if t != FILLED]) if row]
    filled: list[int] = []
    for token in tokens[1:at]:
        if token == BLANK:
            require(bool(missing), "every blank must be filled", len(filled))
            filled += missing.pop(0)[1:]
        else:
            filled.append(token)
    require(not missing, "there must be as many rows as blanks", len(missing))
    return filled
