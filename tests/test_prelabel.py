from __future__ import annotations

from ijcorpus.annotation import RegistryEntry
from ijcorpus.document import Document, RawMap
from ijcorpus.prelabel import prelabel, rule_version


def entry(number: int, name: str, label: str, *aliases: str, ambiguous: tuple[str, ...] = ()):
    return RegistryEntry(
        id=f"ent-{number:04}",
        name=name,
        label=label,
        side=None,
        aliases=aliases,
        ambiguous=ambiguous,
        note="",
        verified=True,
    )


REGISTRY = (
    entry(1, "Japan", "GPE"),
    entry(2, "Japan Airlines", "ORG", "JAL"),
    entry(3, "Shinzo Abe", "PERSON", "Abe", ambiguous=("Abe",)),
    entry(4, "Shintaro Abe", "PERSON", "Abe", ambiguous=("Abe",)),
)


def found(text: str) -> list[tuple[str, str]]:
    document = Document(
        id="d",
        text=text,
        sections=(),
        sentences=(),
        raw_map=RawMap(()),
        raw_sha256="",
        cleaner="",
    )
    entities = prelabel(document, REGISTRY)
    assert all(text[e.start : e.end] == e.quote for e in entities)
    assert {e.origin for e in entities} <= {"prediction"}
    return [(e.quote, e.entity_id) for e in entities]


def test_the_longest_name_wins() -> None:
    assert found("Japan Airlines left Japan.") == [
        ("Japan Airlines", "ent-0002"),
        ("Japan", "ent-0001"),
    ]


def test_possessives_stay_outside_and_words_are_whole() -> None:
    assert found("Japan’s fleet, Japan's crews, Japanese crews, JALs") == [
        ("Japan", "ent-0001"),
        ("Japan", "ent-0001"),
    ]


def test_ambiguous_names_are_left_to_people() -> None:
    assert found("Abe met Shintaro Abe; abe did not.") == [("Shintaro Abe", "ent-0004")]


def test_the_version_follows_the_registry() -> None:
    assert rule_version(REGISTRY) == rule_version(list(REGISTRY))
    assert rule_version(REGISTRY) != rule_version(REGISTRY[:3])
