"""How to cite a version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, TypeVar

from ijcorpus.errors import ReleaseError
from ijcorpus.published import find
from ijcorpus.workspace import CorpusInfo

T = TypeVar("T")
Style = Literal["bibtex", "apa", "csl-json"]
STYLES: tuple[Style, ...] = ("bibtex", "apa", "csl-json")


def cite(version: str | None = None, *, style: Style = "bibtex", root: Path | None = None) -> str:
    """The citation of a released version, the newest by default, without a last line end.

    `style` is `bibtex`, `apa` or `csl-json`. Raises ReleaseError for an unknown version or style.
    """
    return citation(find(version, root).manifest.info, style)


def citation(info: CorpusInfo, style: Style = "bibtex") -> str:
    """The citation of the version that `info` describes; its authors are organisations."""
    if style == "bibtex":
        return _bibtex(info)
    if style == "apa":
        authors = " & ".join(info.authors)
        return (
            f"{authors}. ({info.released[:4]}). {info.title} (Version {info.version}) "
            f"[Data set]. {info.repository}".rstrip()
        )
    if style == "csl-json":
        return json.dumps([_csl(info)], indent=1, ensure_ascii=False)
    raise ReleaseError(f"there is no citation style {style!r}. There are: {', '.join(STYLES)}.")


def citation_cff(info: CorpusInfo) -> str:
    """The version's CITATION.cff (Citation File Format 1.2.0)."""
    import yaml

    record = {
        "cff-version": "1.2.0",
        "message": "If you use this corpus, please cite it as below.",
        "type": "dataset",
        "title": info.title,
        "version": info.version,
        "date-released": info.released,
        "authors": [{"name": author} for author in info.authors],
        "abstract": info.description,
        "keywords": list(info.keywords),
        "license": spdx(info.licence),
        "license-url": info.licence_url,
        "repository-code": info.repository,
    }
    return yaml.safe_dump(_filled(record), sort_keys=False, allow_unicode=True, width=100)


def spdx(licence: str) -> str:
    """A licence's name as its SPDX identifier: `CC BY 4.0` is `CC-BY-4.0`."""
    return "-".join(licence.split())


def _bibtex(info: CorpusInfo) -> str:
    # A second pair of braces: an organisation's name is not to be read as first and last name.
    fields = {
        "author": " and ".join(f"{{{_tex(author)}}}" for author in info.authors),
        "title": f"{{{_tex(info.title)}}}",
        "version": info.version,
        "year": info.released[:4],
        "date": info.released,
        "type": "Data set",
        "url": info.repository,
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in _filled(fields).items())
    return f"@misc{{{info.name}-{info.version},\n{lines}}}"


def _tex(text: str) -> str:
    return "".join(f"\\{c}" if c in "&%$#_{}" else c for c in text)


def _csl(info: CorpusInfo) -> dict[str, object]:
    record: dict[str, object] = {
        "id": f"{info.name}-{info.version}",
        "type": "dataset",
        "title": info.title,
        "version": info.version,
        "author": [{"literal": author} for author in info.authors],
        "issued": {"date-parts": [[int(part) for part in info.released.split("-")]]},
        "URL": info.repository,
        "license": spdx(info.licence),
    }
    return _filled(record)


def _filled(record: dict[str, T]) -> dict[str, T]:
    """Without what is empty: a corpus may have no address yet."""
    return {name: value for name, value in record.items() if value}
