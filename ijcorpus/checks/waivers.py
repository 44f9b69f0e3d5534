"""Checks of waivers, after everything else has run."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ijcorpus.checks.view import Check, Fault, WaiverView


def _waiver_unused(view: WaiverView) -> Iterator[Fault]:
    waiver = view.waiver
    if not view.used and not view.expired and waiver.code in view.codes:
        yield Fault(
            f"the waiver of {waiver.code} by {waiver.by} ({waiver.reason}) covers no finding; "
            "remove it."
        )


def _waiver_code_unknown(view: WaiverView) -> Iterator[Fault]:
    waiver = view.waiver
    if waiver.code not in view.codes:
        near = get_close_matches(waiver.code, view.codes, n=1)
        meant = f"take {near[0]}, if that is meant." if near else "see 'ijcorpus check --list'."
        yield Fault(f"no check has the code {waiver.code!r} that {waiver.by} waives; {meant}")


def _waiver_expired(view: WaiverView) -> Iterator[Fault]:
    waiver = view.waiver
    if view.expired:
        yield Fault(
            f"the waiver of {waiver.code} by {waiver.by} ended on {waiver.until}; "
            "mend the fault, or renew the waiver."
        )


WAIVER_CHECKS: tuple[Check[WaiverView], ...] = (
    Check(
        code="waiver-unused",
        level=2,
        severity="warning",
        explanation="A waiver should cover a finding.",
        function=_waiver_unused,
    ),
    Check(
        code="waiver-code-unknown",
        level=2,
        severity="warning",
        explanation="The code of a waiver should be that of a check.",
        function=_waiver_code_unknown,
    ),
    Check(
        code="waiver-expired",
        level=2,
        severity="warning",
        explanation="A waiver should not be past its day; it waives nothing then.",
        function=_waiver_expired,
    ),
)
