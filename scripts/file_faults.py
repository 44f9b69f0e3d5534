"""Faults of files and lists to plant in a corpus; see `corpus_faults.py` for what a fault is."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from corpus_faults import annotations, dump, kind, lines, load, other, relined, shipped


@kind("drop a layer")
def _(root: Path, chance: Random) -> str:
    path = chance.choice(annotations(root))
    path.unlink()
    return f"{path.parent.name}/{path.stem}"


@kind("truncate a layer")
def _(root: Path, chance: Random) -> str:
    path = chance.choice(annotations(root))
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data) - 3)])
    return f"{path.parent.name}/{path.stem}"


@kind("stray file")
def _(root: Path, chance: Random) -> str:
    path = chance.choice(annotations(root))
    path.with_name(f"{path.stem}-copy.json").write_bytes(path.read_bytes())
    return path.stem


def in_text(name: str, change: Callable[[str, int], str], *, described: bool = True) -> None:
    """A fault of a raw text; the sources describe the new bytes, unless that is forgotten."""

    @kind(name)
    def plant(root: Path, chance: Random) -> str | None:
        source = chance.choice(shipped(root))
        path = root / "corpus/texts" / source["path"]
        try:
            text = path.read_text()
        except UnicodeDecodeError:  # some raw texts are in older encodings
            return None
        at = chance.choice([m for m, c in enumerate(text) if c.isalpha() and m > 200])
        path.write_text(change(text, at))
        if described:
            listed = lines(root / "corpus/sources.jsonl")
            for one in listed:
                if one["id"] == source["id"]:
                    one["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
            relined(root / "corpus/sources.jsonl", listed)
        return f"{source['id']} at {at}"


in_text("change a character", lambda t, n: t[:n] + "x" + t[n + 1 :], described=False)
in_text("zero-width character", lambda t, n: t[:n] + "\u200b" + t[n:], described=False)
in_text("lose half a text", lambda t, n: t[:n], described=False)
in_text("other words, described anew", lambda t, n: t[:n] + "Surely " + t[n:])
in_text("homoglyph, described anew", lambda t, n: t[:n] + "\u0430" + t[n + 1 :])
in_text("mojibake, described anew", lambda t, n: t[:n] + "â€™" + t[n:])


def in_list(name: str, file: str, change: Callable[[list[Any], int, Random], bool | None]) -> None:
    """A fault of one record in a file of JSON lines."""

    @kind(name)
    def plant(root: Path, chance: Random) -> str | None:
        path = root / file
        records = lines(path)
        at = chance.randrange(len(records))
        if change(records, at, chance) is False:
            return None
        relined(path, records)
        return f"{file} line {at + 1}"


def used(records: list[Any], at: int, chance: Random) -> None:
    records[at]["name"] = "\u00a0" + records[at]["name"]


REGISTRY, SOURCES = "annotations/registry.jsonl", "corpus/sources.jsonl"
DECISIONS = "annotations/decisions.jsonl"
in_list("registry id twice", REGISTRY, lambda r, n, c: r[n].update(id=r[n - 1]["id"]))
in_list("no-break space in a name", REGISTRY, used)
in_list("name not in NFC", REGISTRY, lambda r, n, c: r[n]["aliases"].append("Ba\u0308r"))
in_list("homoglyph in a name", REGISTRY, lambda r, n, c: r[n]["aliases"].append("B\u0430r"))
in_list("unknown label in the registry", REGISTRY, lambda r, n, c: r[n].update(label="MISC"))
in_list("drop a decision", DECISIONS, lambda r, n, c: r.pop(n) and None)
in_list("decide for nobody", DECISIONS, lambda r, n, c: r[n].update(choice="nobody", reading=None))
in_list("unknown reason", DECISIONS, lambda r, n, c: r[n].update(reason="whim"))
in_list("misspelt field of a decision", DECISIONS, lambda r, n, c: (
    r[n].update(reasons=r[n].pop("reason"))))  # fmt: skip
in_list("decide on another document", DECISIONS, lambda r, n, c: r[n].update(document="other"))
in_list("drop a source", SOURCES, lambda r, n, c: r.pop(n) and None)
in_list("source twice", SOURCES, lambda r, n, c: r.append(r[n]))
in_list("date that is none", SOURCES, lambda r, n, c: r[n].update(date="12 June 1972"))
in_list("withheld text said to ship", SOURCES, lambda r, n, c: (
    False if r[n]["rights"] == "full_text" else r[n].update(rights="full_text")))  # fmt: skip


@kind("duplicate a document into another split")
def _(root: Path, chance: Random) -> str:
    source = chance.choice(shipped(root))
    listed = lines(root / SOURCES)
    copied = {**source, "id": f"{source['id']}-b", "path": f"b-{source['path']}", "topic": "new"}
    relined(root / SOURCES, [*listed, copied])
    texts = root / "corpus/texts"
    (texts / copied["path"]).write_bytes((texts / source["path"]).read_bytes())
    for path in [path for path in annotations(root) if path.stem == source["id"]]:
        dump(path.with_name(f"{copied['id']}.json"), {**load(path), "document": copied["id"]})
    splits = root / "annotations/splits.tsv"
    held = dict(line.split("\t") for line in splits.read_text().splitlines())
    split = other(sorted({*held.values()}), held[source["id"]], chance)
    splits.write_text(splits.read_text() + f"{copied['id']}\t{split}\n")
    return source["id"]


@kind("move a document to another split")
def _(root: Path, chance: Random) -> str:
    path = root / "annotations/splits.tsv"
    rows = [line.split("\t") for line in path.read_text().splitlines()]
    row = chance.choice(rows)
    row[1] = other(sorted({split for _, split in rows}), row[1], chance)
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return row[0]


@kind("lose a split")
def _(root: Path, chance: Random) -> str:
    path = root / "annotations/splits.tsv"
    rows = path.read_text().splitlines(keepends=True)
    lost = rows.pop(chance.randrange(len(rows)))
    path.write_text("".join(rows))
    return lost.strip()


def withheld(root: Path) -> list[Path]:
    return sorted((root / "corpus/standoff").glob("*.json"))


@kind("quote a withheld text")
def _(root: Path, chance: Random) -> str | None:
    names = {path.stem for path in withheld(root)}
    path = chance.choice([path for path in annotations(root) if path.stem in names])
    layer = load(path)
    chance.choice(layer["entities"])["quote"] = "words of the text"
    dump(path, layer)
    return f"{path.parent.name}/{path.stem}"


@kind("withheld text in the corpus")
def _(root: Path, chance: Random) -> str | None:
    listed = [s for s in lines(root / SOURCES) if s["rights"] == "standoff"]
    source = chance.choice(listed)
    path = root / "corpus/texts" / source["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("The words of the text.")
    return source["id"]


@kind("lose a stand-off record")
def _(root: Path, chance: Random) -> str:
    path = chance.choice(withheld(root))
    path.unlink()
    return path.stem


@kind("stand-off record of another text")
def _(root: Path, chance: Random) -> str:
    path = chance.choice(withheld(root))
    dump(path, {**load(path), "digest": "0" * 64})
    return path.stem


@kind("truncate a stand-off record")
def _(root: Path, chance: Random) -> str:
    path = chance.choice(withheld(root))
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data) - 3)])
    return path.stem


def in_fingerprint(name: str, change: Callable[[dict[str, Any], Random], None]) -> None:
    """A fault of a published fingerprint."""

    @kind(name)
    def plant(root: Path, chance: Random) -> str | None:
        paths = sorted((root / "corpus/fingerprints").glob("*.json"))
        if not paths:
            return None
        path = chance.choice(paths)
        made = load(path)
        change(made, chance)
        dump(path, made)
        return path.stem


in_fingerprint("fingerprint of another text", lambda f, c: f.update(digest="0" * 64))
in_fingerprint("fingerprint without a place", lambda f, c: (
    f["places"].pop(c.randrange(len(f["places"])))) and None)  # fmt: skip
in_fingerprint("fingerprint of a newer format", lambda f, c: f.update(version=f["version"] + 90))
in_fingerprint("fingerprint without its sums", lambda f, c: f.pop("checks") and None)


@kind("lose a fingerprint")
def _(root: Path, chance: Random) -> str | None:
    paths = sorted((root / "corpus/fingerprints").glob("*.json"))
    # Of one that is all there is, nobody can say that it is lost.
    if len(paths) < 2:
        return None
    path = chance.choice(paths)
    path.unlink()
    return path.stem


@kind("sentence without its fact")
def _(root: Path, chance: Random) -> str:
    path = chance.choice(sorted((root / "corpus/texts").glob("*.facts.jsonl")))
    facts = lines(path)
    chance.choice(facts)["sources"] = ["fact-99999"]
    relined(path, facts)
    return path.stem


def released(root: Path) -> list[Path]:
    folders = [path for path in (root / "corpus/releases").iterdir() if path.is_dir()]
    return sorted(path for path in folders[0].rglob("*") if path.is_file())


@kind("corrupt a Parquet page")
def _(root: Path, chance: Random) -> str:
    path = chance.choice([path for path in released(root) if path.suffix == ".parquet"])
    data = bytearray(path.read_bytes())
    data[chance.randrange(4, len(data) - 8)] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return f"{path.parent.name}/{path.name}"


@kind("lose a released file")
def _(root: Path, chance: Random) -> str:
    path = chance.choice(released(root))
    path.unlink()
    return path.name


@kind("other number in the card")
def _(root: Path, chance: Random) -> str:
    path = next(path for path in released(root) if path.name == "README.md")
    rows = path.read_text().split("\n")
    at = chance.choice([n for n, row in enumerate(rows) if row.endswith(" |") and "| 1" in row])
    rows[at] = rows[at].replace("| 1", "| 2", 1)
    path.write_text("\n".join(rows))
    return f"README.md line {at + 1}"


@kind("other row count in the manifest")
def _(root: Path, chance: Random) -> str:
    path = next(path for path in released(root) if path.name == "MANIFEST.json")
    manifest = load(path)
    config = chance.choice(sorted(manifest["counts"]))
    split = chance.choice(sorted(manifest["counts"][config]))
    manifest["counts"][config][split] += chance.choice([-1, 1])
    dump(path, manifest)
    return f"{config}/{split}"


@kind("text not in NFC, described anew")
def _(root: Path, chance: Random) -> str | None:
    path = chance.choice([p for p in annotations(root) if "é" in p.read_text()] or [Path()])
    if not path.name:
        return None
    path.write_text(unicodedata.normalize("NFD", path.read_text()))
    return path.stem
