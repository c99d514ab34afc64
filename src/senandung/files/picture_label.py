"""A song's label in pictures and printed pages: PNG text chunks, PDF descriptions, and XMP in both.

XMP is what other programs read; there the IPTC's property DigitalSourceType stands under its own name (IPTC Photo
Metadata Standard, "Digital Source Type"; XMP Specification part 3 for its places in PNG and PDF). PNG: third edition of
its specification, 11.3.3.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP_CHUNK = "XML:com.adobe.xmp"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"{attributes}>
{elements}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def xmp_packet(title: str, fields: Mapping[str, str]) -> str:
    """An XMP packet that says what a label says, as far as XMP has names for it.

    >>> "DigitalSourceType=\\"http" in xmp_packet("A", {"digital-source-type": "http://a/b"})
    True
    """
    attributes = ' xmp:CreatorTool="Senandung"'
    if fields.get("digital-source-type"):
        attributes += f" Iptc4xmpExt:DigitalSourceType={quoteattr(fields['digital-source-type'])}"
    description = "\n".join(fields[name] for name in ("origin", "story") if fields.get(name))
    texts = {"title": title, "description": description, "rights": fields.get("licence", "")}
    elements = "\n".join(
        f'<dc:{name}><rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt></dc:{name}>'
        for name, text in texts.items()
        if text
    )
    return _XMP.format(attributes=attributes, elements=elements)


def label_png(data: bytes, title: str, fields: Mapping[str, str]) -> bytes:
    """A PNG with the label: a text chunk a field, and XMP."""
    end = len(_SIGNATURE) + 25  # the header chunk is the first and has 13 bytes between length, name and checksum
    texts = {"Title": title, "Software": "Senandung", "Copyright": fields.get("licence", ""), **fields}
    chunks = [_text_chunk(name, text) for name, text in texts.items() if text]
    return b"".join([data[:end], *chunks, _text_chunk(_XMP_CHUNK, xmp_packet(title, fields)), data[end:]])


def png_texts(data: bytes) -> dict[str, str]:
    """The texts in a PNG by their names, as far as it is whole. Inverse of `label_png`."""
    texts: dict[str, str] = {}
    at = len(_SIGNATURE)
    while data.startswith(_SIGNATURE) and at + 12 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        at += 12 + size
        if kind == b"iTXt" and body.count(b"\0") >= 4:
            name, rest = body.split(b"\0", 1)
            if rest[:1] == b"\0":  # not compressed
                text = rest[2:].split(b"\0", 2)[-1]
                texts.setdefault(name.decode("latin-1"), text.decode("utf-8", "replace"))
        elif kind == b"tEXt" and b"\0" in body:
            name, text = body.split(b"\0", 1)
            texts.setdefault(name.decode("latin-1"), text.decode("latin-1"))
    return texts


def _text_chunk(name: str, text: str) -> bytes:
    if text.isascii() and name != _XMP_CHUNK:
        kind, body = b"tEXt", name.encode("ascii") + b"\0" + text.encode("ascii")
    else:
        kind, body = b"iTXt", name.encode("ascii") + b"\0\0\0\0\0" + text.encode("utf-8", "replace")
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def label_pdf(data: bytes, title: str, fields: Mapping[str, str]) -> bytes:
    """A PDF with the label: its description, with a name for each field, and XMP. The same PDF gives the same bytes."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject, NameObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.add_metadata(
        {"/Title": title, "/Creator": "Senandung", **{f"/{name}": text for name, text in fields.items()}}
    )
    writer.xmp_metadata = xmp_packet(title, fields).encode("utf-8")
    stream = writer.root_object["/Metadata"].get_object()
    assert isinstance(stream, DictionaryObject)
    for key, value in (("/Type", "/Metadata"), ("/Subtype", "/XML")):
        stream[NameObject(key)] = NameObject(value)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
