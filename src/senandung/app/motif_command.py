"""`motif`: what a motif would be, before a song is made of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from senandung.api.motif import ReadMotif

Said = tuple[dict[str, Any], list[str]]
"""What a command says: as JSON, and as lines."""


def run_motif(given: argparse.Namespace) -> Said:
    """Read a motif, show it, and write its files where a folder was named."""
    from senandung.api.motif import read_motif, save_motif
    from senandung.files.folders import check_free

    if given.out is not None:
        check_free(given.out)
    read = read_motif(given.file)
    files = () if given.out is None else save_motif(read, given.out)
    lines = motif_lines(read)
    if given.out is not None:
        lines.append(f"  {given.out}: {', '.join(files)}")
    plain = motif_shown(read)
    return {**plain, "folder": None if given.out is None else str(given.out), "files": list(files)}, lines


def show_motif(given: argparse.Namespace, options: dict[str, Any]) -> dict[str, Any] | None:
    """Read the motif of `--motif`, print it before it is used, and put it among the options; what JSON says of it."""
    from senandung.api.motif import read_motif

    if given.motif is None:
        return None
    read = read_motif(given.motif)
    options["motif"] = read.motif
    if not given.json:
        print("\n".join(motif_lines(read)), flush=True)
    return motif_shown(read)


def motif_shown(read: ReadMotif) -> dict[str, Any]:
    """A motif that was read, as JSON has it."""
    from senandung.api.motif import cipher_line, names_of
    from senandung.domain.motif import motif_plain

    return {
        "name": read.name,
        "read_as": read.kind,
        **motif_plain(read.motif),
        "bars": read.motif.bars,
        "names": [name for name in names_of(read.motif) if name != "|"],
        "not_angka": cipher_line(read.motif),
        "tuning_cents": round(read.cents, 1),
        "remarks": list(read.remarks),
    }


def motif_lines(read: ReadMotif) -> list[str]:
    """A motif that was read, as a person sees it."""
    from senandung.api.motif import cipher_line, names_of

    motif = read.motif
    bars = f"{motif.bars} bar{'s' if motif.bars > 1 else ''}"
    tuned = f", tuned {read.cents:+.0f} cents from A4 = 440 Hz" if read.kind == "recording" else ""
    return [
        f"motif of {read.name}: {len(motif.tones)} notes, {bars}; "
        f"{motif.key}, {motif.metre}, {motif.bpm:.0f} bpm{tuned}",
        f"  {' '.join(names_of(motif))}",
        f"  {cipher_line(motif)}",
        *(f"  note: {remark}" for remark in read.remarks),
    ]
