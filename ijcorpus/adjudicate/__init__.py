"""Adjudication: what annotators agree on passes by rule; a person decides the rest, with reasons.

`disputes` finds what is open, `adjudicate` joins agreed readings and decisions, `worksheet` and
`decided` are the way over a form that an adjudicator fills in. All of it is pure: the adjudicated
annotation follows from the layers and the decisions alone.
"""

from __future__ import annotations

from ijcorpus.adjudicate.compare import Dispute, disputes
from ijcorpus.adjudicate.decide import Ground, decided
from ijcorpus.adjudicate.form import Worksheet, worksheet
from ijcorpus.adjudicate.settle import adjudicate, stale

__all__ = [
    "Dispute",
    "Ground",
    "Worksheet",
    "adjudicate",
    "decided",
    "disputes",
    "stale",
    "worksheet",
]
