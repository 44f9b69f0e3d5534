"""The release's README: the configurations as YAML, then the card, made from the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ijcorpus.annotation import Annotator
from ijcorpus.document import sha256
from ijcorpus.published import ReleaseFile
from ijcorpus.release.cite import citation, spdx
from ijcorpus.release.counts import Table, size_table
from ijcorpus.release.features import DEFAULT, Features
from ijcorpus.release.tables import yaml_features
from ijcorpus.scheme import LabelScheme
from ijcorpus.workspace import CorpusInfo


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What the card is made from.

    `counts` is configuration -> split -> rows; `files` are the tables by path; `cut_tokens`
    counts tokens that a mention's edge cut; `agreement`, `audit` and `facts` are rendered
    sections, or None where there is nothing to report.
    """

    info: CorpusInfo
    scheme: LabelScheme
    annotators: Mapping[str, Annotator]
    features: Mapping[str, Features]
    counts: Mapping[str, Mapping[str, int]]
    files: Mapping[str, ReleaseFile]
    tables: Sequence[Table]
    cut_tokens: int
    agreement: str | None = None
    audit: str | None = None
    facts: str | None = None


def readme(card: Card) -> str:
    """The whole README.md."""
    import yaml

    head = yaml.safe_dump(_metadata(card), sort_keys=False, allow_unicode=True, width=100)
    sections = [
        _opening(card),
        _loading(card),
        _columns(card),
        _numbers(card),
        _annotators(card),
        _agreement(card),
        *_audits(card),
        _splits(card),
        _limits(card),
        _terms(card),
        _changes(card),
    ]
    return f"---\n{head}---\n\n" + "\n".join(sections)


# The hub's names for what makes labels.
_CREATORS = {"human": "expert-generated", "model": "machine-generated", "rule": "machine-generated"}


def _metadata(card: Card) -> dict[str, Any]:
    info = card.info
    return {
        "pretty_name": info.title,
        "language": [info.language],
        "license": spdx(info.licence).lower(),
        "annotations_creators": sorted({_CREATORS[a.kind] for a in card.annotators.values()}),
        "language_creators": list(info.text_creators),
        "task_categories": ["token-classification", "text-classification"],
        "task_ids": ["named-entity-recognition"],
        "size_categories": [_size(sum(card.counts[DEFAULT].values()))],
        "tags": list(info.keywords),
        **yaml_configs(info.version, card.features, card.counts, card.files),
    }


def yaml_configs(
    version: str,
    features: Mapping[str, Features],
    counts: Mapping[str, Mapping[str, int]],
    files: Mapping[str, ReleaseFile],
) -> dict[str, Any]:
    """What `datasets` reads of a README: every configuration with its files and columns.

    `counts` is configuration -> split -> rows; `files` are the tables by path.
    """
    return {
        "configs": [_config(version, name, counts[name], files) for name in counts],
        "dataset_info": [_info(name, features[name], counts[name], files) for name in counts],
    }


def _config(
    version: str, name: str, splits: Iterable[str], files: Mapping[str, ReleaseFile]
) -> dict[str, Any]:
    # `datasets` caches a local directory by its name and this YAML, not by its content: the
    # digest keeps it from serving the rows of another build.
    digests = [files[f"{name}/{split}.parquet"].rows_sha256 for split in splits]
    return {
        "config_name": name,
        "version": version,
        "description": f"rows {sha256(' '.join(map(str, digests)))[:16]}",
        **({"default": True} if name == DEFAULT else {}),
        "data_files": [{"split": split, "path": f"{name}/{split}.parquet"} for split in splits],
    }


def _info(
    name: str, features: Features, splits: Iterable[str], files: Mapping[str, ReleaseFile]
) -> dict[str, Any]:
    return {
        "config_name": name,
        "features": yaml_features(features),
        "splits": [
            {"name": split, "num_bytes": file.rows_bytes, "num_examples": file.rows}
            for split in splits
            for file in [files[f"{name}/{split}.parquet"]]
        ],
    }


def _opening(card: Card) -> str:
    info = card.info
    return (
        f"# {info.title}, version {info.version}\n\n"
        f"**What this is made of.** {info.provenance.strip()}\n\n"
        f"{info.description.strip()}\n"
    )


def _loading(card: Card) -> str:
    names = ", ".join(f"`{name}`" for name in card.counts)
    return (
        "## Loading\n\n"
        "```python\n"
        "import ijcorpus\n\n"
        f'documents = ijcorpus.load("{DEFAULT}")  # a datasets.DatasetDict, offline\n'
        f'judgements = ijcorpus.load("stance", split="{_some_split(card)}")\n'
        "for annotated in ijcorpus.documents():  # typed objects, without `datasets`\n"
        "    print(annotated.document.id, len(annotated.annotation.entities))\n"
        "```\n\n"
        f"Configurations: {names}. With `datasets` alone, name the folder of this file: "
        '`load_dataset("path/to/release", "stance")`.\n'
    )


def _some_split(card: Card) -> str:
    return list(card.counts.get("stance") or card.counts[DEFAULT])[-1]


_CONFIGURATIONS = {
    "documents": "a row a full-text document with its adjudicated labels",
    "entities": "a row a sentence: tokens, BIO tags; the n-th `B-` tag has the n-th `entity_ids`",
    "stance": "a row a judgement with its sentence",
    "author_stance": "a row a full-text document x proposition it takes up",
    "annotations": "every annotator's labels before adjudication, withheld documents included; "
    "`item` is `pass` (one a pass; its `flags` are the document's), `entity`, `stance` or "
    "`author`",
    "standoff": "a row a withheld document: offsets and labels, no word of the text",
    "registry": "a row an entity",
}


def _columns(card: Card) -> str:
    lines = [
        f"- `{name}`: {_CONFIGURATIONS[name]}. Columns: "
        + ", ".join(f"`{column}`" for column in card.features[name])
        + ".\n"
        for name in card.counts
    ]
    return (
        "## Configurations\n\n" + "".join(lines) + "\nOffsets are Unicode code points, half-open, "
        "into NFC text with LF line ends; in `entities`, `token_starts` and `token_ends` count "
        "from the beginning of the sentence's `text`. Tokens are those of spaCy's rule-based "
        "English tokenizer; a token that a mention's edge falls into is cut there, so that no "
        f"mention is lost or widened ({card.cut_tokens} in this release; `cut_tokens` counts them "
        "in a sentence). `scheme.json` defines every label, `schema.json` is the JSON Schema of an "
        "annotation file.\n"
    )


def _numbers(card: Card) -> str:
    tables = [size_table(card.counts), *card.tables]
    return "## Numbers\n\n" + "\n".join(f"### {t.title}\n\n{t.markdown()}" for t in tables)


def _annotators(card: Card) -> str:
    lines = [
        f"- `{name}` ({who.kind}; " + _role(who) + f"): {who.description}\n"
        for name, who in card.annotators.items()
    ]
    return "## Who or what made the labels\n\n" + "".join(lines)


def _role(who: Annotator) -> str:
    if who.adjudicates:
        return "adjudicates"
    return ("audits, " if who.audits else "") + ("prelabels" if who.prelabels else "no prelabels")


def _agreement(card: Card) -> str:
    figures = card.agreement or "No two annotators' passes are in this release.\n"
    return "## Agreement before adjudication\n\n" + figures


def _audits(card: Card) -> Iterator[str]:
    if card.audit:
        yield "## Audit after adjudication\n\n" + card.audit
    if card.facts:
        yield "## Facts, read against their sources\n\n" + card.facts


def _splits(card: Card) -> str:
    rule = card.scheme.splits
    shares = ", ".join(f"{name} {share:.0%}" for name, share in rule.shares.items())
    held = [*rule.held_out_subsets, *rule.held_out_topics]
    return (
        "## Splits\n\n"
        f"By topic, never by document: a topic's hash decides, with the shares {shares}. Always "
        f"in `{rule.held_out}`: {', '.join(held) or 'nothing'}. A document never changes its "
        "split between versions.\n"
    )


def _limits(card: Card) -> str:
    lines = [
        *card.info.limits,
        "Topic, time and stance are confounded: report a baseline that knows the target only.",
        "A stance is what a text says of a holder, not what a person or state believes.",
    ]
    if "standoff" in card.counts:
        lines += [
            "`standoff`, and withheld documents in `annotations`, have no notes: a note may quote.",
        ]
    return "## Limits\n\n" + "".join(f"- {line}\n" for line in lines)


def _terms(card: Card) -> str:
    info = card.info
    return (
        "## Licence and citation\n\n"
        f"Texts that ship, labels and registry: [{info.licence}]({info.licence_url}). The texts "
        "of `standoff` are not in this release and not covered; each row says how to obtain its "
        "text.\n\n"
        f"```bibtex\n{citation(info)}\n```\n"
    )


def _changes(card: Card) -> str:
    lines = "".join(f"- {change}\n" for change in card.info.changes) or "- None.\n"
    return f"## Changes in {card.info.version}\n\n{lines}"


def _size(rows: int) -> str:
    for limit, name in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K")):
        if rows < limit:
            return name
    return "100K<n<1M"
