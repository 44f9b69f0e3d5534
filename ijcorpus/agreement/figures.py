"""Figures of agreement, each with a bootstrap interval over documents.

Every figure is a function of sums over documents, so a resample of documents is a weighted sum
of their counts. Documents with equal counts are drawn together, which is the same distribution
at a fraction of the cost. The functions of sums take an array whose last axis are the counts,
any axes before it, and give NaN where the figure is undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from ijcorpus.document import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.float64]
    Statistic = Callable[[Counts], Counts]


_FEW = 500


class Figure(Struct, frozen=True, kw_only=True):
    """One figure: its value, and `[low, high]`, its 95% percentile bootstrap interval.

    `agreed` is how much agrees (half a point for a partial match), `first` and `second` count
    the items of each annotator that were compared; for matched pairs both are their number.
    `value` is None when there is nothing to compare or nothing that varies; the interval is None
    as well when fewer than two documents have items. Resamples in which the figure is undefined
    are left out (Efron and Tibshirani 1993, chapter 13).
    """

    value: float | None
    low: float | None
    high: float | None
    agreed: float
    first: int
    second: int


class Resampling(Struct, frozen=True, kw_only=True):
    """How intervals are drawn: how many resamples, from which seed."""

    resamples: int
    seed: int

    def f1(self, rows: Counts) -> Figure:
        """F1 from rows of (agreed, first, second), one a document; see `f1`."""
        agreed, first, second = (float(count) for count in rows.sum(axis=0))
        return self._figure(rows, f1, agreed, int(first), int(second))

    def of_pairs(self, rows: Counts, statistic: Statistic) -> Figure:
        """A figure of matched pairs from flat square tables of their values, one a document."""
        size = round(rows.shape[1] ** 0.5)
        table = rows.sum(axis=0).reshape(size, size)
        pairs = int(table.sum())
        return self._figure(rows, statistic, float(table.trace()), pairs, pairs)

    def of_marked(self, rows: Counts, statistic: Statistic) -> Figure:
        """The same where the last value says that nothing was marked.

        What neither marked counts in the statistic, but is no item: without an item anywhere
        there is no value, and with items in one document only no interval.
        """
        return self._marked(rows, rows, statistic)

    def of_units(self, rows: Counts) -> Figure:
        """Unitizing alpha; `rows` are as `unitizing_alpha` takes them, items as in `of_marked`."""
        return self._marked(rows, rows[:, :-1], unitizing_alpha)

    def _marked(self, rows: Counts, tables: Counts, statistic: Statistic) -> Figure:
        table = _square(tables.sum(axis=0))
        agreed = float(table[:-1, :-1].trace())
        first, second = int(table[:-1].sum()), int(table[:, :-1].sum())
        marked = tables[:, :-1].any(axis=1)
        return self._figure(rows, statistic, agreed, first, second, int(marked.sum()))

    def _figure(
        self,
        rows: Counts,
        statistic: Statistic,
        agreed: float,
        first: int,
        second: int,
        documents: int | None = None,
    ) -> Figure:
        value = float(statistic(rows.sum(axis=0)))
        defined = value == value  # only NaN differs from itself
        holding = int(rows.any(axis=1).sum()) if documents is None else documents
        spread = defined and holding > 1
        low, high = self._interval(rows, statistic) if spread else (None, None)
        return Figure(
            value=value if defined else None,
            low=low,
            high=high,
            agreed=agreed,
            first=first,
            second=second,
        )

    def _interval(self, rows: Counts, statistic: Statistic) -> tuple[float | None, float | None]:
        import numpy as np

        kinds, numbers = _kinds(rows)
        if len(kinds) > _FEW:
            drawn = _drawn(self.seed, self.resamples, len(rows))
            values = statistic(drawn @ rows)
        else:
            generator = np.random.default_rng(self.seed)
            drawn = generator.multinomial(len(rows), numbers / len(rows), size=self.resamples)
            values = statistic(drawn @ kinds)
        values = values[~np.isnan(values)]
        if not len(values):
            return None, None
        low, high = np.percentile(values, (2.5, 97.5))
        return float(low), float(high)


def _kinds(rows: Counts) -> tuple[Counts, NDArray[np.int64]]:
    """The different rows in lexicographic order, and how many there are of each.

    Counts are whole or half, so that a row usually fits one number, which sorts much faster.
    """
    import numpy as np

    codes = np.rint(rows * 2).astype(np.int64)
    sizes = codes.max(axis=0) + 1
    if np.prod(sizes.astype(float)) > 2**62:
        return np.unique(rows, axis=0, return_counts=True)
    places = np.append(np.cumprod(sizes[:0:-1])[::-1], 1)
    _, at, numbers = np.unique(codes @ places, return_index=True, return_counts=True)
    return rows[at], numbers


@lru_cache(maxsize=1)
def _drawn(seed: int, resamples: int, documents: int) -> Counts:
    """How often each document is drawn, resample by resample: drawn once for all figures."""
    import numpy as np

    even = np.full(documents, 1 / documents)
    return np.random.default_rng(seed).multinomial(documents, even, size=resamples).astype(float)


def f1(sums: Counts) -> Counts:
    """2 x agreed / (first + second), in [0, 1]: the harmonic mean of precision and recall.

    The sums are (agreed, first, second). Of matched pairs, where first and second are the same,
    this is the share that agrees. Undefined when there is no item at all (Hripcsak and
    Rothschild 2005 on F1 as agreement).
    """
    return _ratio(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def share(sums: Counts) -> Counts:
    """The share of pairs with equal values, in [0, 1], from flat square tables."""
    import numpy as np

    table = _square(sums)
    return _ratio(np.trace(table, axis1=-2, axis2=-1), table.sum(axis=(-2, -1)))


def kappa(sums: Counts) -> Counts:
    """Cohen's kappa (1960), in [-1, 1]; undefined when both always say one and the same."""
    import numpy as np

    table = _square(sums)
    total = table.sum(axis=(-2, -1))
    observed = np.trace(table, axis1=-2, axis2=-1) * total
    expected = (table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1)
    return _ratio(observed - expected, total**2 - expected)


def nominal_alpha(sums: Counts) -> Counts:
    """Krippendorff's alpha (2004) of values that are only equal or different.

    1 is perfect, 0 is chance, below is worse. Undefined when only one value occurs.
    """
    import numpy as np

    table = _square(sums)
    distance = 1 - np.eye(table.shape[-1])
    return _alpha(table, np.broadcast_to(distance, table.shape))


def ordinal_alpha(sums: Counts) -> Counts:
    """Krippendorff's alpha (2004) of values in order.

    The distance of two values is the squared difference of their mid-ranks in the pooled values,
    which is his ordinal metric. Range and edge cases as in `nominal_alpha`.
    """
    import numpy as np

    table = _square(sums)
    values = table.sum(axis=-1) + table.sum(axis=-2)
    ranks = np.cumsum(values, axis=-1) - values / 2
    return _alpha(table, (ranks[..., :, None] - ranks[..., None, :]) ** 2)


def unitizing_alpha(sums: Counts) -> Counts:
    """Krippendorff's alpha of units on a continuum, by place and label, at most 1.

    The sums are a flat square table of the lengths on which two annotators have which two
    labels, the gaps between units as the last one, and then one number more: over the segments
    of both, the squared lengths of units and the plain lengths of gaps. These are what chance
    cannot pair, a unit with itself, which is all that sets it apart from nominal alpha of
    characters (Krippendorff, Mathet, Bouvry and Widlöcher 2016, equations 1, 4 and 5a; in
    Krippendorff 2019, section 12.6.3). Undefined when all is gap, or all has one label.
    """
    table, alone = _square(sums[..., :-1]), sums[..., -1]
    lengths = table.sum(axis=-1) + table.sum(axis=-2)
    total = lengths.sum(axis=-1)
    observed = total - 2 * table.trace(axis1=-2, axis2=-1)
    expected = total**2 - (lengths**2).sum(axis=-1)
    return 1 - _ratio(observed * (total - _ratio(alone, total)), expected)


def _alpha(table: Counts, distance: Counts) -> Counts:
    values = table.sum(axis=-1) + table.sum(axis=-2)
    total = values.sum(axis=-1)
    observed = 2 * (table * distance).sum(axis=(-2, -1))
    expected = (values[..., :, None] * values[..., None, :] * distance).sum(axis=(-2, -1))
    return 1 - _ratio((total - 1) * observed, expected)


def _square(sums: Counts) -> Counts:
    size = round(sums.shape[-1] ** 0.5)
    return sums.reshape(*sums.shape[:-1], size, size)


def _ratio(above: Counts, below: Counts) -> Counts:
    import numpy as np

    undefined = np.full(np.shape(above), np.nan)
    return np.divide(above, below, out=undefined, where=np.asarray(below) > 0)
