"""Label Studio's labelling configuration, made from the scheme and the registry alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, canonicalize, indent, tostring

import msgspec

from ijcorpus.annotation import RegistryEntry
from ijcorpus.errors import SchemeError
from ijcorpus.labelstudio.hotkeys import NO_KEY, Keyed, keyed, usable
from ijcorpus.labelstudio.picker import NO_XML, picks
from ijcorpus.scheme import LabelScheme, Option

TEXT = "text"
ENTITY = "entity"
STANCE = "stance"
ENTITY_ID = "entity_id"
ENTITY_PICK = "entity_pick"
SENSE = "sense_"
TARGET = "target"
POLARITY = "polarity"
ATTRIBUTION = "attribution"
HOLDER_KIND = "holder_kind"
HOLDER_TYPE = "holder_type"
STANCE_FLAGS = "stance_flags"
NOTE = "note"
AUTHOR = "author_"
DOCUMENT_FLAGS = "document_flags"
HOLDER = "holder"

PICKER = f"Taxonomy {ENTITY_PICK}"
"""What `controls` calls the list of the registry's entries."""

_STYLE = """
.ij-top { position: sticky; top: 0; z-index: 5; display: flex; flex-wrap: wrap; gap: 0 24px;
  background: var(--color-neutral-background, #fff); }
.ij-columns { display: flex; gap: 24px; align-items: flex-start; }
.ij-text { flex: 1 1 auto; min-width: 0; max-width: 48em; }
.ij-text .lsf-richtext__container { font-size: 16px; line-height: 2; white-space: pre-wrap; }
.ij-side { flex: 0 0 300px; position: sticky; top: 116px; max-height: calc(100vh - 240px);
  overflow-y: auto; }
.ij-side [class*=typography], .ij-document [class*=typography] {
  font-size: 13px !important; line-height: 1.4 !important; margin: 8px 0 2px !important; }
.ij-side .lsf-choice { margin-right: 6px; }
.ij-side .lsf-choice label, .ij-document .lsf-choice label { font-weight: normal; }
.ij-document { margin-top: 24px; border-top: 1px solid #ccc; }
.ij-rows { display: grid; grid-template-columns: repeat(auto-fill, minmax(290px, 1fr));
  gap: 4px 16px; }
.ij-row { display: flex; gap: 8px; align-items: center; }
.ij-row [class*=typography] { margin: 0 !important; font-weight: normal !important; }
.ij-side .lsf-choices, .ij-document .lsf-choices { margin: 0; font-size: 13px; }
.ij-side .lsf-choices_layout_select button { min-height: 28px; height: 28px; }
.ij-top .lsf-labels { margin: 4px 0; }
.ij-name { flex: 1 1 auto; }
.ij-row button { width: 110px; min-height: 28px; height: 28px; }
.lsf-modal-ls__body :is(p, ul, ol, pre, table) { margin: 0 0 8px; }
.lsf-modal-ls__body :is(h1, h2, h3) { margin: 18px 0 6px; }
.lsf-modal-ls__body ul { padding-left: 20px; list-style: disc; }
.lsf-modal-ls__body ol { padding-left: 20px; list-style: decimal; }
.lsf-modal-ls__body pre { padding: 4px 10px; white-space: pre-wrap; border-left: 3px solid #999; }
.lsf-modal-ls__body :is(th, td) { padding: 2px 12px 2px 0; text-align: left; }
"""


def labeling_config(scheme: LabelScheme, registry: Iterable[RegistryEntry] = ()) -> str:
    """The XML of an annotation project.

    Two sets of labels over the text, choices for the selected region beside it, the document's
    own judgements below it. The registry is a list to pick the selected entity's id from; without
    one, ids are typed. What the scheme gives no hotkey, or one that Label Studio needs itself, gets
    a free one. Raises SchemeError when the scheme cannot be shown without ambiguity, and
    RecordError when the registry cannot.
    """
    _lint(scheme)
    with_keys = keyed(scheme)
    scheme = with_keys.scheme
    view = Element("View")
    SubElement(view, "Style").text = _STYLE
    SubElement(SubElement(view, "Relations"), "Relation", value=HOLDER)
    _labels(SubElement(view, "View", className="ij-top"), scheme)
    columns = SubElement(view, "View", className="ij-columns")
    text = SubElement(columns, "View", className="ij-text")
    SubElement(
        text,
        "Text",
        name=TEXT,
        value=f"${TEXT}",
        granularity="word",
        saveTextResult="yes",
        showLabels="true",
    )
    side = SubElement(columns, "View", className="ij-side")
    _entity_fields(side, with_keys, registry)
    _stance_fields(side, scheme)
    _document_fields(SubElement(text, "View", className="ij-document"), scheme)
    keys = [element.get("hotkey", "").lower() for element in view.iter()]
    _once("hotkey", [key for key in keys if key not in ("", NO_KEY)])
    indent(view, " ")
    return tostring(view, encoding="unicode")


def controls(xml: str) -> dict[str, frozenset[str]]:
    """The values that each control of a configuration can give; free text gives none."""
    from xml.etree.ElementTree import fromstring

    found: dict[str, frozenset[str]] = {}
    for element in fromstring(xml).iter():  # noqa: S314 (our own, or our own server's)
        name = element.get("name")
        if name and element.get("toName"):
            values = (child.get("alias") or child.get("value", "") for child in element)
            found[f"{element.tag} {name}"] = frozenset(values)
    return found


def pickable(xml: str) -> frozenset[str]:
    """The entity ids that a configuration offers to pick."""
    return controls(xml).get(PICKER, frozenset())


def same(one: str, other: str) -> bool:
    """Whether two configurations are the same XML, whatever their white space."""
    return canonicalize(one, strip_text=True) == canonicalize(other, strip_text=True)


def extends(new: str, old: str) -> bool:
    """Whether every control and value of the old configuration is in the new one."""
    have = controls(new)
    return all(name in have and values <= have[name] for name, values in controls(old).items())


def _labels(parent: Element, scheme: LabelScheme) -> None:
    for name, labels in ((ENTITY, scheme.entities), (STANCE, (scheme.stance,))):
        box = SubElement(parent, "Labels", name=name, toName=TEXT, showInline="true")
        for label in labels:
            SubElement(
                box,
                "Label",
                value=label.id,
                hotkey=usable(label.hotkey),
                background=label.colour,
                hint=label.description,
            )


def _entity_fields(parent: Element, found: Keyed, registry: Iterable[RegistryEntry]) -> None:
    scheme = found.scheme
    box = _only_when(parent, ENTITY, [label.id for label in scheme.entities])
    _picker(box, scheme.label_names, registry)
    _text_area(box, ENTITY_ID, ENTITY, scheme.label_names, "an id not listed, such as nil-...")
    for label in scheme.entities:
        if label.senses:
            only = _only_when(box, ENTITY, [label.id])
            senses = found.senses[label.id]
            _choices(only, SENSE + label.id, senses, ENTITY, [label.id], header="Sense")


def _stance_fields(parent: Element, scheme: LabelScheme) -> None:
    only = [scheme.stance.id]
    box = _only_when(parent, STANCE, only)
    targets = [
        Option(id=p.id, description=f"{p.text} (favor: {p.favor})", hotkey=p.hotkey)
        for p in scheme.propositions
    ]
    names = {p.id: f"{p.id} {p.name}" for p in scheme.propositions}
    _choices(box, POLARITY, scheme.polarities, STANCE, only, header="Polarity", required=True)
    _choices(
        box,
        TARGET,
        targets,
        STANCE,
        only,
        header="Target",
        required=True,
        names=names,
        layout="vertical",
    )
    _choices(
        box, ATTRIBUTION, scheme.attributions, STANCE, only, header="Attribution", required=True
    )
    _choices(
        box,
        HOLDER_KIND,
        scheme.holder_kinds,
        STANCE,
        only,
        header="Holder (a mention: Alt+R, click it)",
        required=True,
    )
    _choices(
        box,
        HOLDER_TYPE,
        scheme.holder_types,
        STANCE,
        only,
        header="Holder type",
        choice="single",
        layout="select",
        # A list that opens shows no keys, so they are said.
        names={o.id: f"{o.id} [{o.hotkey}]" for o in scheme.holder_types if o.hotkey},
    )
    _choices(
        box, STANCE_FLAGS, scheme.stance_flags, STANCE, only, header="Flags", choice="multiple"
    )
    _text_area(box, NOTE, STANCE, only, "note")


def _document_fields(parent: Element, scheme: LabelScheme) -> None:
    plain = [Option(id=p.id, description=p.description) for p in scheme.polarities]
    SubElement(parent, "Header", value="The author's own stance, where the author takes one")
    rows = SubElement(parent, "View", className="ij-rows")
    for proposition in scheme.propositions:
        row = SubElement(rows, "View", className="ij-row")
        name = SubElement(row, "View", className="ij-name")
        SubElement(name, "Header", value=f"{proposition.id} {proposition.name}")
        _choices(row, AUTHOR + proposition.id, plain, "", (), choice="single", layout="select")
    _choices(
        parent,
        DOCUMENT_FLAGS,
        scheme.document_flags,
        "",
        (),
        header="The document",
        choice="multiple",
    )


def _only_when(parent: Element, tag: str, labels: Sequence[str]) -> Element:
    return SubElement(
        parent,
        "View",
        visibleWhen="region-selected",
        whenTagName=tag,
        whenLabelValue=",".join(labels),
    )


def _choices(
    parent: Element,
    name: str,
    options: Iterable[Option],
    tag: str,
    labels: Sequence[str],
    *,
    header: str = "",
    choice: str = "single-radio",
    required: bool = False,
    layout: str = "",
    names: dict[str, str] | None = None,
) -> None:
    """A closed list: of the selected region when `tag` is given, of the document otherwise."""
    if header:
        SubElement(parent, "Header", value=header)
    box = SubElement(parent, "Choices", name=name, toName=TEXT, choice=choice)
    if layout:
        box.set("layout", layout)
    else:
        box.set("showInline", "true")
    if required:
        box.set("required", "true")
        box.set("requiredMessage", f"a region lacks its {name.replace('_', ' ')}")
    if tag:
        _per_region(box, tag, labels)
    for option in options:
        shown = (names or {}).get(option.id, option.id)
        item = SubElement(box, "Choice", value=shown)
        if shown != option.id:
            item.set("alias", option.id)
        if option.description:
            item.set("hint", option.description)
        if option.hotkey or layout == "select":
            item.set("hotkey", option.hotkey or NO_KEY)


def _picker(parent: Element, labels: Sequence[str], registry: Iterable[RegistryEntry]) -> None:
    """A list that is searched by typing. It is flat: what is stored is the id and nothing else."""
    listed = picks(registry)
    if not listed:
        return
    SubElement(parent, "Header", value="Who or what it is")
    box = SubElement(
        parent,
        "Taxonomy",
        name=ENTITY_PICK,
        toName=TEXT,
        maxUsages="1",
        placeholder="type to search the registry",
        dropdownWidth="460px",
    )
    _per_region(box, ENTITY, labels)
    for pick in listed:
        item = SubElement(box, "Choice", value=pick.shown, alias=pick.id)
        if pick.hint:
            item.set("hint", pick.hint)


def _text_area(
    parent: Element, name: str, tag: str, labels: Sequence[str], placeholder: str
) -> None:
    box = SubElement(
        parent,
        "TextArea",
        name=name,
        toName=TEXT,
        rows="1",
        maxSubmissions="1",
        editable="true",
        placeholder=placeholder,
    )
    _per_region(box, tag, labels)


def _per_region(element: Element, tag: str, labels: Sequence[str]) -> None:
    """Show a control for selected regions of some labels only, so that it blocks no others."""
    element.set("perRegion", "true")
    element.set("visibleWhen", "region-selected")
    element.set("whenTagName", tag)
    element.set("whenLabelValue", ",".join(labels))


def _lint(scheme: LabelScheme) -> None:
    """What Label Studio would refuse, or accept in silence and show wrongly."""
    for place, said in _texts(msgspec.to_builtins(scheme)):
        if found := NO_XML.search(said):
            raise SchemeError(
                f"{place.lstrip('.')} of the scheme has the control character "
                f"U+{ord(found[0]):04X} ({said!r}), which Label Studio's configuration cannot "
                "hold. Take it out of annotations/scheme.toml."
            )
    labels = [*scheme.label_names, scheme.stance.id]
    names = [*labels, *scheme.target_names]
    for name in names:
        if "," in name or not name.strip() or name != name.strip():
            raise SchemeError(f"{name!r} cannot be shown: no commas, no white space around it.")
    _once("label", labels)
    _once("target's name", [p.name for p in scheme.propositions])


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a record, with its place in it, such as `entities[0].id`."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, f"{place}.{name}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _texts(item, f"{place}[{number}]")


def _once(what: str, values: Sequence[str]) -> None:
    for value, times in Counter(values).items():
        if times > 1:
            raise SchemeError(f"the {what} {value!r} is used twice. Every {what} must be its own.")
