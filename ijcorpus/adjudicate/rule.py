"""The rule by which readings pass without a person, as data."""

from __future__ import annotations

import tomllib

import msgspec

from ijcorpus.document import Struct
from ijcorpus.errors import AdjudicationError


class Rule(Struct, frozen=True, kw_only=True):
    """`agreed_by` is how many annotators must share a reading; None asks all of them."""

    agreed_by: int | None = None


def read_rule(text: str, *, name: str = "adjudication.toml") -> Rule:
    """The rule that a TOML text states; raises AdjudicationError with the place of a fault."""
    try:
        rule = msgspec.convert(tomllib.loads(text), Rule)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise AdjudicationError(f"{name}: {error}. Mend it, or remove the file.") from error
    if rule.agreed_by is not None and rule.agreed_by < 1:
        raise AdjudicationError(f"{name}: agreed_by is {rule.agreed_by}; it must be 1 or more.")
    return rule
