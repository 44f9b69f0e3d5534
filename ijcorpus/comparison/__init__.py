"""What changed between two releases of a corpus.

Documents, registry entries, annotators and options of the scheme are the same when their ids are.
In a text that did not change, mentions are the same when their spans are; judgements when their
evidence stands in the same sentence and target and holder are the same. Ids of mentions and
judgements are places in the order of the text, so they are not compared. In a text that changed,
offsets mean something else, and only totals are compared.

Of a document that either release withholds, nothing is told but metadata, offsets and labels.
"""

from ijcorpus.comparison.change import Change, Comparison, Count, Version
from ijcorpus.comparison.compare import compare

__all__ = ["Change", "Comparison", "Count", "Version", "compare"]
