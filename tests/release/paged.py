"""A text as a printed page has it: narrow lines, broken words, running heads, page numbers."""

from __future__ import annotations

HEAD = "The Plum Weekly"
WIDTH, LINES = 48, 5


def set_in_pages(text: str) -> list[list[str]]:
    """Pages of lines, with a head and a number, and with long words broken at line ends."""
    lines: list[str] = []
    for paragraph in text.strip().split("\n\n"):
        line = ""
        for word in paragraph.split():
            whole = f"{line} {word}".strip()
            if len(whole) <= WIDTH:
                line = whole
                continue
            if word.isalpha() and len(word) > 6:
                lines.append(f"{line} {word[:4]}-".strip())
                line = word[4:]
            else:
                lines.append(line)
                line = word
        lines += [line, ""]
    cut = [lines[at : at + LINES] for at in range(0, len(lines), LINES)]
    return [
        [HEAD, "", *page, "", f"Page {number} of {len(cut)}"]
        for number, page in enumerate(cut, start=1)
    ]


def with_feeds(pages: list[list[str]]) -> str:
    """What a converter of PDF to text writes."""
    return "".join("\n".join(page) + "\n\f" for page in pages)


def pdf(pages: list[list[str]]) -> bytes:
    """A small PDF with these lines of Latin text, in Helvetica."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, page in enumerate(pages):
        shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in page)
        stream = f"BT /F1 11 Tf 14 TL 60 760 Td\n{shown}ET".encode("cp1252")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * n} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        made
        + (
            f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
            f"startxref\n{len(made)}\n%%EOF\n"
        ).encode()
    )


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
