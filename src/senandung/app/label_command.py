"""`label` and `verify`: what a file says of itself, and whether a folder is as it was made."""

from __future__ import annotations

import argparse
from typing import Any

LABELS = {
    "origin": "made by", "digital-source-type": "source type", "song-id": "song id", "from-the-person": "from a person",
}  # fmt: skip
"""Names of fields where a person reads others than machines do."""

HIDDEN = ("provenance",)
"""For machines."""


def run_label(given: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Read the labels that were asked for."""
    from senandung.api.label import label

    rows, lines = list[dict[str, Any]](), list[str]()
    for file in given.files:
        read = label(file)
        rows.append({"file": str(file), "label": read.fields or None, "as_made": read.as_made})
        lines.append(str(file))
        if not read.fields:
            lines.append("  no label of Senandung; that says nothing about who made it")
        for name, text in read.fields.items():
            if name not in HIDDEN:
                lines.append(f"  {LABELS.get(name, name)}: {' '.join(text.split())}")
        if read.as_made is not None:
            lines.append("  as it was made" if read.as_made else "  changed since it was made (manifest.json)")
    return {"labels": rows}, lines


def run_verify(given: argparse.Namespace) -> tuple[dict[str, Any], list[str], bool]:
    """Check a folder; the last item is whether it is whole."""
    from senandung.api.verify import verify

    report = verify(given.folder, audio=given.audio)
    plain = {
        "folder": str(given.folder), "whole": report.whole, "manifest": report.has_manifest,
        "notes_remade": report.notes_remade, "audio_remade": report.audio_remade, "problems": list(report.problems),
        "changed": list(report.changed), "missing": list(report.missing), "foreign": list(report.foreign),
        "remarks": list(report.remarks),
    }  # fmt: skip
    lines = [report.sentence(), *(f"  - {problem}" for problem in report.problems)]
    return plain, [*lines, *(f"  note: {remark}" for remark in report.remarks)], report.whole
