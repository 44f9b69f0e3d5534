from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from ijcorpus.annotation import Annotation
from ijcorpus.errors import SchemeError
from ijcorpus.labelstudio import config
from ijcorpus.labelstudio.instructions import instructions
from ijcorpus.scheme import LabelScheme, Option, Proposition, read_scheme

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def scheme() -> LabelScheme:
    return read_scheme((ROOT / "annotations" / "scheme.toml").read_text())


def changed(scheme: LabelScheme, **fields: object) -> LabelScheme:
    return msgspec.structs.replace(scheme, **fields)


def test_everything_of_the_scheme_is_offered_once(scheme: LabelScheme) -> None:
    offered = config.controls(config.labeling_config(scheme))
    assert offered["Labels entity"] == frozenset(scheme.label_names)
    assert offered["Labels stance"] == {scheme.stance.id}
    assert offered["Choices target"] == frozenset(scheme.target_names)
    assert offered["Choices polarity"] == frozenset(scheme.polarity_names)
    for name in ("attribution", "holder_kind", "holder_type"):
        assert offered[f"Choices {name}"] == frozenset(scheme.names(f"{name}s"))
    assert offered["Choices stance_flags"] == frozenset(scheme.names("stance_flags"))
    assert offered["Choices document_flags"] == frozenset(scheme.names("document_flags"))
    for target in scheme.target_names:
        assert offered[f"Choices author_{target}"] == frozenset(scheme.polarity_names)
    for label in scheme.entities:
        assert offered.get(f"Choices sense_{label.id}", frozenset()) == frozenset(label.senses)


def test_required_choices_are_asked_only_of_stance_regions(scheme: LabelScheme) -> None:
    root = ElementTree.fromstring(config.labeling_config(scheme))
    required = [element for element in root.iter() if element.get("required")]
    assert {element.get("name") for element in required} == {
        "polarity",
        "target",
        "attribution",
        "holder_kind",
    }
    for element in required:
        assert element.get("perRegion") == "true"
        assert element.get("visibleWhen") == "region-selected"
        assert element.get("whenTagName") == "stance"
        assert element.get("whenLabelValue") == scheme.stance.id


def test_hotkeys_of_labels_are_the_scheme_s(scheme: LabelScheme) -> None:
    root = ElementTree.fromstring(config.labeling_config(scheme))
    labels = {e.get("value"): e.get("hotkey") for e in root.iter("Label")}
    assert labels == {label.id: label.hotkey for label in (*scheme.entities, scheme.stance)}


def test_names_and_controls_are_unique(scheme: LabelScheme) -> None:
    root = ElementTree.fromstring(config.labeling_config(scheme))
    names = [element.get("name") for element in root.iter() if element.get("name")]
    assert len(names) == len(set(names))


def test_whatever_the_scheme_says_is_escaped(scheme: LabelScheme) -> None:
    nasty = "a < b & \"c\" 'd' <View/>"
    first = scheme.propositions[0]
    proposition = Proposition(id=first.id, name=nasty, text=nasty, favor=nasty)
    other = changed(scheme, propositions=(proposition, *scheme.propositions[1:]))
    xml = config.labeling_config(other)
    root = ElementTree.fromstring(xml)
    targets = next(e for e in root.iter("Choices") if e.get("name") == "target")
    assert targets[0].get("value") == f"{first.id} {nasty}"
    assert targets[0].get("alias") == first.id


def test_a_character_that_no_xml_can_hold_is_refused_with_its_place(scheme: LabelScheme) -> None:
    first = msgspec.structs.replace(scheme.propositions[1], favor="a\x0bb")
    other = changed(scheme, propositions=(scheme.propositions[0], first))
    with pytest.raises(SchemeError, match=r"propositions\[1\]\.favor of the scheme has .*U\+000B"):
        config.labeling_config(other)


def test_an_xml_is_the_same_whatever_its_white_space(scheme: LabelScheme) -> None:
    xml = config.labeling_config(scheme)
    element = ElementTree.fromstring(xml)
    ElementTree.indent(element, "\t")
    assert config.same(xml, ElementTree.tostring(element, encoding="unicode"))
    assert not config.same(xml, xml.replace("#d62728", "#d62729"))


def test_a_config_extends_another_if_nothing_is_lost(scheme: LabelScheme) -> None:
    more = changed(
        scheme,
        document_flags=(*scheme.document_flags, Option(id="more", description="One more")),
    )
    old, new = config.labeling_config(scheme), config.labeling_config(more)
    assert config.extends(new, old)
    assert not config.extends(old, new)


@pytest.mark.parametrize("name", ["A,B", " A", ""])
def test_a_label_that_cannot_be_shown_is_refused(scheme: LabelScheme, name: str) -> None:
    label = msgspec.structs.replace(scheme.entities[0], id=name)
    with pytest.raises(SchemeError, match="cannot be shown"):
        config.labeling_config(changed(scheme, entities=(label, *scheme.entities[1:])))


def test_the_stance_label_is_no_entity_label(scheme: LabelScheme) -> None:
    stance = msgspec.structs.replace(scheme.stance, id=scheme.label_names[0])
    with pytest.raises(SchemeError, match="used twice"):
        config.labeling_config(changed(scheme, stance=stance))


def test_two_propositions_of_one_name_are_refused(scheme: LabelScheme) -> None:
    first, second = scheme.propositions[:2]
    twin = msgspec.structs.replace(second, name=first.name)
    with pytest.raises(SchemeError, match="used twice"):
        config.labeling_config(
            changed(scheme, propositions=(first, twin, *scheme.propositions[2:]))
        )


def test_no_label_of_the_scheme_is_written_in_the_package(scheme: LabelScheme) -> None:
    folder = ROOT / "ijcorpus" / "labelstudio"
    source = "\n".join(path.read_text() for path in folder.glob("*.py"))
    said = {*scheme.label_names, scheme.stance.id, *scheme.target_names, *scheme.polarity_names}
    quoted = {name for name in said if f'"{name}"' in source}
    assert not quoted
    assert Annotation.__name__ in source


def test_guidelines_become_html_that_reads_well() -> None:
    html = instructions(["# One\n\n- a <b> & c\n\n```no\n[x](Y)\n```\n", "## Two\n"])
    assert "&lt;b&gt; &amp; c" in html
    assert "<em>no</em>" in html
    assert "[x](Y)" in html
    assert html.index("One") < html.index("Two")
