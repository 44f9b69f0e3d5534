from __future__ import annotations

from pathlib import Path

import pytest

from ijcorpus.guidelines import examples, index
from ijcorpus.layout import Layout
from ijcorpus.markup import parse
from ijcorpus.workspace import Workspace

ROOT = Path(__file__).parents[1]
SCHEME = Workspace(ROOT).scheme
PAGES = {
    name: (Layout(ROOT).guidelines / name).read_text()
    for name in (*SCHEME.guidelines, "notation.md")
}
EXAMPLES = [(name, example) for name, page in PAGES.items() for example in examples(page)]


@pytest.mark.parametrize(
    ("name", "example"), EXAMPLES, ids=[f"{name}:{example.line}" for name, example in EXAMPLES]
)
def test_every_example_is_markup_and_its_links_are_known(name: str, example) -> None:
    where = f"{name}:{example.line}"
    annotation = parse(example.markup, SCHEME, document=where, annotator="a").annotation
    known = Workspace(ROOT).registry
    for entity in annotation.entities:
        assert not entity.entity_id.startswith("ent-") or entity.entity_id in known, where
        if example.right and entity.entity_id in known:
            assert known[entity.entity_id].label == entity.label, where


@pytest.mark.parametrize("label", [*SCHEME.label_names, *SCHEME.target_names])
def test_every_label_and_proposition_has_examples_of_both_kinds(label: str) -> None:
    kinds = {example.right for _, example in EXAMPLES if example.heading == label}
    assert kinds == {True, False}


@pytest.mark.parametrize(("name", "example"), [e for e in EXAMPLES if e[1].right])
def test_examples_use_what_their_heading_is_about(name: str, example) -> None:
    annotation = parse(example.markup, SCHEME, document=name, annotator="a").annotation
    if example.heading in SCHEME.target_names:
        assert example.heading in {stance.target for stance in annotation.stances}
    if example.heading in SCHEME.label_names:
        assert example.heading in {entity.label for entity in annotation.entities}


def test_the_index_is_the_one_that_the_scheme_makes() -> None:
    assert (Layout(ROOT).guidelines / "README.md").read_text() == index(SCHEME)
