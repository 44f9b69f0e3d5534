"""Agreement between two annotators over documents, with bootstrap intervals.

`agreement` compares pairs of annotations of the same documents. No annotator is the reference:
every figure is the same when the two are exchanged. What cannot be computed is None.
"""

from __future__ import annotations

from ijcorpus.agreement.figures import Figure
from ijcorpus.agreement.report import (
    Agreement,
    AuthorAgreement,
    EntityAgreement,
    LabelAgreement,
    StanceAgreement,
    TargetAgreement,
    agreement,
)

__all__ = [
    "Agreement",
    "AuthorAgreement",
    "EntityAgreement",
    "Figure",
    "LabelAgreement",
    "StanceAgreement",
    "TargetAgreement",
    "agreement",
]
