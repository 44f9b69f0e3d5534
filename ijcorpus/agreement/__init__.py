"""Agreement between two annotators over documents, with bootstrap intervals.

`agreement` compares pairs of annotations of the same documents. No annotator is the reference:
every figure is the same when the two are exchanged. What cannot be computed is None.
"""

from __future__ import annotations

from ijcorpus.agreement.acceptance import (
    Acceptance,
    Anchoring,
    Origins,
    acceptance,
    anchoring,
    origins,
)
from ijcorpus.agreement.confusion import Confusion, Disputed, Mark
from ijcorpus.agreement.figures import Figure
from ijcorpus.agreement.html import figures, headlines, page
from ijcorpus.agreement.overview import Overview, PairOverview, Prelabelled, overview
from ijcorpus.agreement.report import (
    Agreement,
    AuthorAgreement,
    EntityAgreement,
    FlagAgreement,
    LabelAgreement,
    StanceAgreement,
    TargetAgreement,
    agreement,
)

__all__ = [
    "Acceptance",
    "Agreement",
    "Anchoring",
    "AuthorAgreement",
    "Confusion",
    "Disputed",
    "EntityAgreement",
    "Figure",
    "FlagAgreement",
    "LabelAgreement",
    "Mark",
    "Origins",
    "Overview",
    "PairOverview",
    "Prelabelled",
    "StanceAgreement",
    "TargetAgreement",
    "acceptance",
    "agreement",
    "anchoring",
    "figures",
    "headlines",
    "origins",
    "overview",
    "page",
]
