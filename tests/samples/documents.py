"""Tiny but real documents: a one-page PDF that says what it is, a PNG, a JPEG. The same bytes each time."""

import base64
import struct
import zlib

_JPG = """
/9j/4AAQSkZJRgABAQEABAAEAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H///
/6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAAi
AC8DASIAAhEBAxEB/8QAGQABAAMBAQAAAAAAAAAAAAAAAAEDBAIF/8QAJhAAAgIBAgYBBQAAAAAAAAAAAAECAxFTkgQSExSR4SExQUNRwf/EAB
QBAQAAAAAAAAAAAAAAAAAAAAD/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwD0r+IlVYoxrUljOXLH8K+8s0o7/RonUpy5uaSe
MfDIVOFhWWbgKHxli/DHf6I72zRjv9Gh0J/WyzyOgtSzyBn7yzRjv9F9FztTzFRa/TyT0FqWeTqEFDPy2392wOgAAAAAAAAAAAAAAAf/2Q==
"""


def document(name: str) -> bytes:
    """A document of the kind that its name says."""
    match name.rpartition(".")[2]:
        case "png":
            return png(name)
        case "jpg":
            return jpg(name)
        case _:
            return pdf(name)


def pdf(text: str, padding: int = 0) -> bytes:
    """One A6 page with that text (ASCII), after a comment of `padding` spaces."""
    drawing = f"BT /F1 12 Tf 20 380 Td ({text}) Tj ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 298 420]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    content, places = b"%PDF-1.4\n" + (b"%" + b" " * padding + b"\n" if padding else b""), []
    for number, one in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(content)
    return content + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def jpg(comment: str) -> bytes:
    """A small page, with that comment (ASCII)."""
    image = base64.b64decode(_JPG)
    return image[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(comment)) + comment.encode("ascii") + image[2:]


def png(comment: str) -> bytes:
    """Eight by eight grey dots, with that comment; stored, not compressed, so that every zlib writes the same."""
    dots = (b"\x00" + b"\xcc" * 8) * 8
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    told = b"Comment\x00" + comment.encode("ascii")
    chunks = ((b"IHDR", header), (b"tEXt", told), (b"IDAT", zlib.compress(dots, 0)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
