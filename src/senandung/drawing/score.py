"""The engraved score: a lead sheet (tune, words, chords) and the full score, as SVG pages and as PDF."""

from __future__ import annotations

import copy
import html
import re
from pathlib import Path
from typing import Any

from senandung.domain.errors import InvalidValueError
from senandung.drawing.fonts import drawable, fit, text_width
from senandung.drawing.saving import save_bytes
from senandung.drawing.svg_pdf import svg_pages_pdf
from senandung.files.picture_label import label_pdf
from senandung.files.provenance import FIELDS

_A4_TENTHS = (2100, 2970)  # A4 in tenths of a millimetre
_SVG = "{http://www.w3.org/2000/svg}"
_OPTIONS: dict[str, Any] = {
    "condense": "none",
    "footer": "none",
    "header": "encoded",
    "lyricHeightFactor": 1.1,
    "lyricLineThickness": 0.12,
    "lyricSize": 4.6,
    "lyricTopMinMargin": 2.5,
    "lyricVerseCollapse": True,
    "lyricWordSpace": 1.6,
    "mnumInterval": 0,
    "scale": 100,
    "smuflTextFont": "none",
    "spacingStaff": 9,
    "spacingSystem": 8,
    "svgHtml5": False,
    "unit": 9.0,
}


_SIGNS = {
    "\ueca2": "𝅝", "\ueca3": "𝅗𝅥", "\ueca5": "♩", "\ueca7": "♪", "\ueca9": "𝅘𝅥𝅯", "\uecb7": ".",
    "\ue260": "♭", "\ue261": "♮", "\ue262": "♯", "\uea64": "♭", "\uea65": "♮", "\uea66": "♯",
}  # fmt: skip
"""Music signs that stand in text: from the private places of SMuFL fonts to Unicode."""


def engrave(musicxml: str, *, lead_sheet_only: bool = False) -> tuple[str, ...]:
    """Engrave a score: SVG pages in A4's proportions.

    Parameters
    ----------
    musicxml : a score-partwise document as text.
    lead_sheet_only : engrave only the sung part with its chords.

    Returns
    -------
    One SVG a page; identifiers are the same for the same score. The more staves a system has, the smaller they are
    drawn, so that a system always fits its page.
    """
    pages = _engraved(musicxml, lead_sheet_only=lead_sheet_only)
    return tuple(_for_reading(page, number) for number, page in enumerate(pages, 1))


def _for_reading(page: str, number: int) -> str:
    """A page that any viewer shows alike.

    Music signs in text are Unicode. Each text has the width it was given: verovio reserves the widths of Times, and a
    reader who has a wider typeface instead would see words touch. Identifiers stay on glyphs alone, which are used;
    the page's number makes them differ from those of other pages.
    """
    from lxml import etree

    found = re.search(r'<svg[^>]* id="([^"]+)"', page)
    if found:
        page = page.replace(found[1], f"{found[1]}-{number}")
    for sign, letter in _SIGNS.items():
        page = page.replace(sign, letter)
    root = etree.fromstring(page.encode("utf-8"), etree.XMLParser(huge_tree=True, remove_blank_text=True))
    for group in root.iter(f"{_SVG}g", f"{_SVG}tspan"):
        if group.getparent().tag != f"{_SVG}defs":
            group.attrib.pop("id", None)
    for text in root.iter(f"{_SVG}text"):
        runs = [span for span in text.iter(f"{_SVG}tspan") if len(span) == 0 and (span.text or "").strip()]
        for run in runs:
            if run.attrib.pop("font-family", None):
                run.set("font-size", f"{float(run.get('font-size', '0').removesuffix('px')) * 0.73:.0f}px")
        if len(runs) == 1:
            size = float(runs[0].get("font-size", "0").removesuffix("px"))
            bold = any("reh" in (group.get("class") or "").split() for group in text.iterancestors(f"{_SVG}g"))
            width = text_width(runs[0].text.strip(), "Score-Bold" if bold else "Score", size)
            text.set("textLength", f"{width:.0f}")
            text.set("lengthAdjust", "spacingAndGlyphs")
    return str(etree.tostring(root, encoding="unicode"))


def _engraved(musicxml: str, *, lead_sheet_only: bool) -> tuple[str, ...]:
    if lead_sheet_only:
        musicxml = lead_sheet(musicxml)
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    # verovio keeps the place of its fonts per thread, and sets it only in the one that imported it.
    verovio.setDefaultResourcePath(str(Path(verovio.__file__).parent / "data"))
    toolkit = verovio.toolkit()
    root = _parse(musicxml)
    toolkit.setOptions(_OPTIONS | _page_options(_staves(root), lead=lead_sheet_only))
    if not toolkit.loadData(_prepared(root, lead=lead_sheet_only)):
        raise InvalidValueError("a score must be MusicXML that can be engraved")
    return tuple(_sized_heading(toolkit.renderToSVG(page + 1)) for page in range(toolkit.getPageCount()))


_LABEL = "dibuat mesin · made by a machine"


def _sized_heading(page: str) -> str:
    """The page with its title large and its label small, which verovio sets alike; a long title is made to fit."""
    start = page.find('class="pgHead"')
    if start < 0:
        return page
    end = page.find("</g>", start)
    texts = list(re.finditer(r'font-size="([1-9]\d*)px">([^<]+)<', page[start:end]))
    right = max((float(x) for x in re.findall(r' x="(\d+)"', page[start:end])), default=0.0)
    head, at = "", start
    for found in texts:
        text, size = html.unescape(found[2]), float(found[1])
        if text == _LABEL:
            size *= 0.75
        else:
            font = "Score" if drawable(text, "Score") == text else "Senandung"
            room = right - 2 * text_width(_LABEL, "Score", size * 0.75) - size
            size = min(max(1.75 * size * min(1.0, room / text_width(text, font, 1.75 * size)), size), 1.75 * size)
            text = fit(text, font, size, room)
        head += page[at : start + found.start()] + f'font-size="{size:.0f}px">{html.escape(text, quote=False)}<'
        at = start + found.end()
    return page[:start] + head + page[at:]


def save_score_pdf(musicxml: str, path: Path) -> None:
    """Write a score as PDF: first the lead sheet, then, where there are more parts, the full score.

    `musicxml` is a score-partwise document as text. The file appears whole or not at all.
    """
    root = _parse(musicxml)
    pages = _engraved(musicxml, lead_sheet_only=True)
    if len(root.findall("part")) > 1:
        pages += _engraved(musicxml, lead_sheet_only=False)
    title = root.findtext("work/work-title") or root.findtext("movement-title") or "Senandung"
    noted = {each.get("name"): each.text or "" for each in root.iter("miscellaneous-field")}
    label = {name: noted[name] for name in FIELDS if name in noted}
    save_bytes(path, label_pdf(svg_pages_pdf(pages, title=title, subject=_LABEL), title, label))


def lead_sheet(musicxml: str) -> str:
    """The score reduced to the part that carries the words (else the first), with the score's chord symbols."""
    from lxml import etree

    root = copy.deepcopy(_parse(musicxml))
    parts = root.findall("part")
    if not parts:
        raise InvalidValueError("a score must have a part")
    lead = max(parts, key=lambda part: len(part.findall("measure/note/lyric")))
    if lead.find("measure/harmony") is None:
        for other in parts:
            if other.find("measure/harmony") is not None:
                _move_harmony(other, lead)
                break
    if lead is not parts[0]:
        _move_directions(parts[0], lead)
    for part in parts:
        if part is not lead:
            root.remove(part)
    listing = root.find("part-list")
    if listing is not None:
        for item in list(listing):
            if item.get("id") != lead.get("id"):
                listing.remove(item)
    _break_lines(lead)
    return str(etree.tostring(root, encoding="unicode"))


def _break_lines(part: Any, bars: int = 4) -> None:
    """Ask for a new line at each rehearsal mark, and each `bars` bars after it."""
    from lxml import etree

    since = 0
    for index, measure in enumerate(part.findall("measure")):
        if measure.find("direction/direction-type/rehearsal") is not None:
            since = 0
        if index and since % bars == 0 and measure.find("print") is None:
            measure.insert(0, etree.Element("print", {"new-system": "yes"}))
        since += 1


def _parse(musicxml: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(musicxml.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise InvalidValueError(f"a score must be well-formed MusicXML: {error}") from error
    if root.tag != "score-partwise":
        raise InvalidValueError(f"a score must be a score-partwise document, got {root.tag!r}")
    return root


def _staves(root: Any) -> int:
    return sum(max([int(s.text or 1) for s in part.iter("staves")], default=1) for part in root.findall("part"))


def _page_options(staves: int, *, lead: bool) -> dict[str, Any]:
    """Page size in verovio's units: a larger page is a smaller staff once it is fitted to the paper."""
    factor = 1.15 if lead or staves == 1 else min(max(1.35, staves / 9.5), 3.5)
    margin = round(120 * factor)
    return {
        "pageWidth": round(_A4_TENTHS[0] * factor),
        "pageHeight": round(_A4_TENTHS[1] * factor),
        "pageMarginTop": margin,
        "pageMarginBottom": margin,
        "pageMarginLeft": margin,
        "pageMarginRight": margin,
        "spacingLinear": 0.22 if lead else 0.14,
        "spacingNonLinear": 0.55 if lead else 0.5,
        "justifyVertically": not lead,
        "breaks": "smart" if lead else "auto",
        "breaksSmartSb": 0.36,
        "xmlIdSeed": 7 if lead else 8,
    }


def _prepared(root: Any, *, lead: bool) -> str:
    """The score with a short name for each of several parts, and a heading: the title, and the label on the right."""
    from lxml import etree

    taken: set[str] = set()
    for part in root.iterfind("part-list/score-part"):
        name = part.find("part-name")
        if name is not None and part.find("part-abbreviation") is None and not lead:
            abbreviation = etree.Element("part-abbreviation")
            abbreviation.text = _short_name(name.text or "", taken)
            part.insert(part.index(name) + 1, abbreviation)
    listing = root.find("part-list")
    written = root.findtext("work/work-title") or root.findtext("movement-title") or ""
    title = max((drawable(written, font) for font in ("Score", "Senandung")), key=len)
    for credit in root.findall("credit"):
        root.remove(credit)
    for text, justify, size in ((title or "Senandung", "center", 20), (_LABEL, "right", 9)):
        credit = etree.Element("credit", page="1")
        words = etree.SubElement(credit, "credit-words", justify=justify, valign="top")
        words.set("font-size", str(size))
        words.text = text
        root.insert(root.index(listing), credit)
    return str(etree.tostring(root, encoding="unicode"))


_USUAL_NAMES = {
    "Violin": "Vln.", "Viola": "Vla.", "Cello": "Vc.", "Double bass": "D.B.", "Strings": "Str.", "Flute": "Fl.",
    "Oboe": "Ob.", "Clarinet": "Cl.", "Bassoon": "Bsn.", "Alto saxophone": "Sax.", "Horn": "Hn.", "Trumpet": "Tpt.",
    "Trombone": "Tbn.", "Timpani": "Timp.", "Piano": "Pno.", "Electric piano": "E.P.", "Harpsichord": "Hpsd.",
    "Organ": "Org.", "Harp": "Hp.", "Acoustic guitar": "Gtr.", "Nylon guitar": "Gtr.", "Electric guitar": "E.Gtr.",
    "Bass guitar": "Bass", "Drum kit": "Drs.", "Soprano": "S.", "Alto": "A.", "Tenor": "T.", "Bass voice": "B.",
    "Choir": "Ch.", "Voice": "V.",
}  # fmt: skip
"""English names as scores shorten them (Stone, *Music Notation in the Twentieth Century*, 1980)."""


def _short_name(name: str, taken: set[str]) -> str:
    """A part's name as scores shorten it, else in at most six signs, unlike those taken; it is added to them.

    >>> _short_name("Gitar elektrik 2", {"Git."}), _short_name("Violin 1", set()), _short_name("Viola", set())
    ('Git. 2', 'Vln. 1', 'Vla.')
    >>> _short_name("Bas", set())
    'Bas'
    """
    words = name.split()
    number = words[-1] if len(words) > 1 and words[-1].isdigit() else ""
    first = words[0] if words else "?"
    plain = " ".join(words[:-1] if number else words)
    short = _USUAL_NAMES.get(plain) or (first if len(first) <= 4 else first[:3] + ".")
    candidates = [short + (f" {number}" if number else ""), *(f"{short} {count}" for count in range(2, 99))]
    chosen = next((text for text in candidates if text not in taken), short)
    taken.add(chosen)
    return chosen


def _move_harmony(source: Any, target: Any) -> None:
    for theirs, ours in zip(source.findall("measure"), target.findall("measure"), strict=False):
        at = 0
        place = 0
        for child in theirs:
            if child.tag == "harmony":
                moved = copy.deepcopy(child)
                for offset in moved.findall("offset"):
                    moved.remove(offset)
                if at:
                    _add_offset(moved, at)
                ours.insert(_after_attributes(ours) + place, moved)
                place += 1
            at += _advance(child)


def _add_offset(harmony: Any, at: int) -> None:
    from lxml import etree

    offset = etree.Element("offset")
    offset.text = str(at)
    staff = harmony.find("staff")
    harmony.insert(len(harmony) if staff is None else harmony.index(staff), offset)


def _advance(child: Any) -> int:
    length = int(float(child.findtext("duration") or 0))
    if child.tag == "note":
        return 0 if child.find("chord") is not None else length
    return {"backup": -length, "forward": length}.get(child.tag, 0)


def _after_attributes(measure: Any) -> int:
    return max([index + 1 for index, child in enumerate(measure) if child.tag in ("attributes", "print")], default=0)


def _move_directions(source: Any, target: Any) -> None:
    """Copy rehearsal marks and tempo marks of the first part to a lead part that has none."""
    if target.find("measure/direction") is not None:
        return
    for theirs, ours in zip(source.findall("measure"), target.findall("measure"), strict=False):
        for direction in reversed(theirs.findall("direction")):
            if direction.find(".//rehearsal") is not None or direction.find(".//metronome") is not None:
                ours.insert(_after_attributes(ours), copy.deepcopy(direction))
