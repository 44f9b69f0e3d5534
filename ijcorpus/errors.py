"""Exceptions: raised when work cannot go on. Faults in data are findings, not exceptions."""

from __future__ import annotations


class CorpusError(Exception):
    """Something stopped the work; the message names the file, id, place and remedy."""


class RecordError(CorpusError):
    """A file of records cannot be read as what it should be."""


class SourceError(CorpusError):
    """A raw source is missing, unreadable or not the bytes that were described."""


class AbsentSourceError(SourceError):
    """A raw source is not at hand."""


class CleanError(CorpusError):
    """Raw bytes cannot be turned into a document."""


class SchemeError(CorpusError):
    """The annotation scheme contradicts itself or is asked for what it does not define."""


class MarkupError(CorpusError):
    """Markup notation that is ambiguous, malformed or of another text."""


class TextMismatchError(CorpusError):
    """Annotations meet a text that is not the one they were made on."""


class AdjudicationError(CorpusError):
    """Layers and decisions do not determine one adjudicated annotation."""


class StudioError(CorpusError):
    """Label Studio is out of reach, refuses, or holds what cannot be trusted."""


class ReleaseError(CorpusError):
    """A release cannot be built, found or trusted."""


class HydrationError(CorpusError):
    """A reader's copy of a text does not match the stand-off document."""


class MissingExtraError(CorpusError):
    """A part of the package needs an optional dependency that is not installed."""
