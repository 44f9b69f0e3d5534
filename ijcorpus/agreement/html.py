"""The agreement of annotators as one HTML page that needs nothing else and runs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise

import msgspec

from ijcorpus.agreement.acceptance import Acceptance, Origins
from ijcorpus.agreement.confusion import Confusion, Disputed, Mark
from ijcorpus.agreement.figures import Figure
from ijcorpus.agreement.overview import Overview, PairOverview
from ijcorpus.agreement.report import Agreement

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1080px; margin: 24px auto; padding: 0 16px;
  color: #222; background: #fff; }
h1 { font-size: 1.5em; } h2 { margin-top: 2em; border-bottom: 1px solid #ccc; }
h3 { margin: 1.4em 0 .3em; }
table { border-collapse: collapse; margin: 8px 0; font-size: 13px; }
th, td { padding: 2px 8px; text-align: right; border-bottom: 1px solid #eee; white-space: nowrap; }
th:first-child, td:first-child, td.words { text-align: left; } td.words { white-space: normal; }
th { vertical-align: bottom; } th.tall span { writing-mode: vertical-rl; }
.number { font-variant-numeric: tabular-nums; }
.note { color: #666; font-size: 13px; max-width: 52em; }
.text { font-family: Georgia, serif; white-space: pre-wrap; margin: 2px 0; }
.disputed { border-left: 3px solid #bbb; padding: 2px 12px; margin: 12px 0; }
mark.first { background: #fde2c4; } mark.second { background: #cfe4fb; }
mark.both { background: #e5d3f3; } .who.first { color: #a04a00; } .who.second { color: #0b5394; }
svg text { font: 12px system-ui, sans-serif; fill: #222; }
"""
_WIDE = 12  # values of a confusion, from which on the names of columns stand upright
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(found: Overview, *, title: str, texts: Mapping[str, str]) -> str:
    """The page.

    `texts` are the texts that may be shown, by document; of all others only offsets are.
    """
    body = [f"<h1>{escape(title)}: agreement before adjudication</h1>"]
    body += ["<p class=note>Intervals are 95% percentile bootstrap intervals over documents. F1 "]
    body += ["lies in [0, 1]; alpha and kappa are 1 when all agree and 0 at chance.</p>"]
    for pair in found.pairs:
        body += _pair(pair, found.grouped_by, texts)
    if found.acceptance:
        body += _prelabels(found.origins, found.acceptance)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        f"<title>{escape(title)}: agreement</title><style>{_STYLE}</style></head>\n<body>"
        + "\n".join(body)
        + "</body></html>\n"
    )


def _pair(pair: PairOverview, grouped_by: str, texts: Mapping[str, str]) -> Iterator[str]:
    found = pair.agreement
    first, second = (escape(name) for name in found.annotators)
    yield f"<h2>{first} and {second}</h2>"
    yield f"<p class=note>{found.documents} documents, {found.resamples} resamples, seed "
    yield f"{found.seed}.</p>"
    parts = {
        "Entities": (found.entities, found.entities.by_label),
        "Judgements": (found.stances, found.stances.by_target),
        "The author's own stance": (found.author, {}),
        "Flags of documents": (found.flags, {}),
    }
    for name, (whole, groups) in parts.items():
        yield f"<h3>{name}</h3>"
        yield _forest(figures(whole))
        if groups:
            yield _grid(groups)
    if len(pair.groups) > 1:
        yield f"<h3>By {escape(grouped_by)}</h3>"
        named = {
            f"{name} ({group.documents})": headlines(group) for name, group in pair.groups.items()
        }
        for what in headlines(found):
            yield f"<p class=note>{escape(what)}</p>"
            yield _forest({name: group[what] for name, group in named.items()})
    if pair.anchoring:
        yield "<h3>Where prelabels lie, and where none do</h3>"
        yield _forest(figures(pair.anchoring))
    yield f"<h3>Confusions</h3><p class=note>Rows: {first}; columns: {second}.</p>"
    for what, table in pair.confusions.items():
        yield _confusion(table, what)
    if pair.disputed:
        yield "<h3>The most disputed sentences</h3>"
        for sentence in pair.disputed:
            yield _sentence(sentence, found.annotators, texts.get(sentence.document))


def headlines(found: Agreement) -> dict[str, Figure]:
    """The figures that groups of documents are compared by."""
    return {
        "F1 of entities with label": found.entities.labelled,
        "F1 of judgements: holder, target, polarity": found.stances.triple,
        "alpha of polarity": found.stances.polarity_alpha,
    }


def figures(group: msgspec.Struct) -> dict[str, Figure]:
    """The figures of a group by name, without those of its parts."""
    listed = msgspec.structs.asdict(group)
    return {n.replace("_", " "): v for n, v in listed.items() if isinstance(v, Figure)}


def _forest(rows: Mapping[str, Figure]) -> str:
    """Values as points with their intervals as lines, on one axis."""
    shown = {name: figure for name, figure in rows.items() if figure.value is not None}
    if not shown:
        return "<p class=note>Nothing to compare.</p>"
    lows = [min(figure.value or 0, figure.low or 0) for figure in shown.values()]
    least = -1.0 if min(lows) < -0.5 else -0.5 if min(lows) < 0 else 0.0
    left, width, step = 240, 480, 22
    height = step * len(shown) + 30

    def x(value: float) -> str:
        return f"{left + width * (max(value, least) - least) / (1 - least):.1f}"

    lines: list[str] = []
    for tick in (t / 4 for t in range(round(least * 4), 5)):
        lines.append(
            f'<line x1="{x(tick)}" x2="{x(tick)}" y1="4" y2="{height - 22}" stroke="#ddd"/>'
            f'<text x="{x(tick)}" y="{height - 6}" text-anchor="middle">{tick:g}</text>'
        )
    for number, (name, figure) in enumerate(shown.items()):
        y, value = 16 + step * number, figure.value or 0.0
        lines.append(f'<text x="0" y="{y + 4}">{escape(name)}</text>')
        if figure.low is not None and figure.high is not None:
            lines.append(
                f'<line x1="{x(figure.low)}" x2="{x(figure.high)}" y1="{y}" y2="{y}" '
                'stroke="#3b6ea8" stroke-width="3" stroke-opacity=".5"/>'
            )
        lines.append(f'<circle cx="{x(value)}" cy="{y}" r="4" fill="#1f4e79"/>')
        lines.append(f'<text x="{left + width + 16}" y="{y + 4}">{escape(_said(figure))}</text>')
    return (
        f'<svg role="img" width="1040" height="{height}" viewBox="0 0 1040 {height}">'
        + "".join(lines)
        + "</svg>"
    )


def _said(figure: Figure) -> str:
    interval = "" if figure.low is None else f" [{figure.low:.3f}, {figure.high:.3f}]"
    counts = f"{figure.agreed:g} of {figure.first} and {figure.second}"
    return f"{figure.value:.3f}{interval}  ({counts})"


def _grid(groups: Mapping[str, msgspec.Struct]) -> str:
    """One row a group, one column a figure; groups without an item are left out."""
    rows = {name: figures(group) for name, group in groups.items()}
    rows = {n: row for n, row in rows.items() if any(f.first or f.second for f in row.values())}
    if not rows:
        return ""
    names = next(iter(rows.values()))
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(
        f"<tr><td>{escape(group)}</td>"
        + "".join(f"<td class=number>{_cell(figure)}</td>" for figure in row.values())
        + "</tr>"
        for group, row in rows.items()
    )
    return f"<table><tr><th></th>{head}</tr>{body}</table>"


def _cell(figure: Figure) -> str:
    if figure.value is None:
        return "&ndash;"
    interval = "" if figure.low is None else f" [{figure.low:.2f}, {figure.high:.2f}]"
    return f"{figure.value:.2f}{interval}"


def _confusion(table: Confusion, what: str) -> str:
    """A table with cells shaded by the share of their row."""
    if not table.values:
        return f"<p class=note>No {what} to compare.</p>"
    names = [escape(value) or "<i>nothing</i>" for value in table.values]
    kind = "tall" if len(names) > _WIDE else "flat"
    head = "".join(f"<th class={kind}><span>{name}</span></th>" for name in names)
    body: list[str] = []
    for number, (name, row) in enumerate(zip(names, table.counts, strict=True)):
        total = sum(row) or 1
        cells = ""
        for column, count in enumerate(row):
            hue = "46, 125, 50" if column == number else "198, 40, 40"
            shade = f"rgba({hue}, {0.75 * count / total:.2f})"
            cells += f'<td class=number style="background: {shade}">{count or ""}</td>'
        body.append(f"<tr><td>{name}</td>{cells}</tr>")
    return f"<table><tr><th>{what}</th>{head}</tr>{''.join(body)}</table>"


def _sentence(found: Disputed, names: Sequence[str], text: str | None) -> str:
    place = f"{escape(found.document)} [{found.start}, {found.end})"
    parts = [f"<div class=disputed><p class=note>{place}: {found.differences} differences</p>"]
    if text is not None:
        parts.append(f"<p class=text>{_marked(found, text)}</p>")
    parts.append("<table>")
    for which, name, marks in (
        ("first", names[0], found.first),
        ("second", names[1], found.second),
    ):
        for mark in marks:
            parts.append(
                f'<tr><td><span class="who {which}">{escape(name)}</span></td>'
                f"<td class=words>{_words(mark, text)}</td><td class=words>{escape(mark.said)}</td>"
                "</tr>"
            )
    return "".join([*parts, "</table></div>"])


def _words(mark: Mark, text: str | None) -> str:
    return f"[{mark.start}, {mark.end})" if text is None else escape(text[mark.start : mark.end])


def _marked(found: Disputed, text: str) -> str:
    """The sentence with what each annotator marked; marks may overlap in any way."""
    start, end = found.start, found.end
    edges = {start, end}
    for mark in (*found.first, *found.second):
        edges |= {min(max(mark.start, start), end), min(max(mark.end, start), end)}
    cuts = sorted(edges)
    parts: list[str] = []
    for begin, stop in pairwise(cuts):
        one, other = (
            any(mark.start < stop and begin < mark.end for mark in marks)
            for marks in (found.first, found.second)
        )
        words = escape(text[begin:stop])
        kind = "both" if one and other else "first" if one else "second" if other else ""
        parts.append(f"<mark class={kind}>{words}</mark>" if kind else words)
    return "".join(parts)


def _prelabels(origins: Sequence[Origins], kept: Sequence[Acceptance]) -> Iterator[str]:
    yield "<h2>What became of prelabels</h2>"
    if origins:
        yield (
            "<p class=note>Entities of those who were shown prelabels, by the origin that was "
            "recorded when they worked: prelabels accepted as they were, prelabels changed, and "
            "entities added. What was rejected leaves nothing to count.</p>"
        )
        yield from _rows(
            ("documents", "accepted", "changed", "added", "accepted, share"),
            {
                row.annotator: (row.documents, row.accepted, row.changed, row.added, row.share)
                for row in origins
            },
        )
    yield (
        "<p class=note>The prelabels that the rule gives now against finished work. An annotator "
        "to whom none were shown gives the share that would be right anyway; what is kept beyond "
        "that is the pull of the prelabels.</p>"
    )
    for row in (row for row in origins if row.gone):
        yield (
            f"<p class=note>{row.gone} of the {row.accepted} prelabels that "
            f"{escape(row.annotator)} accepted are none of the rule as it is now: it has changed "
            "since they were shown.</p>"
        )
    names = ("documents", "prelabels", "kept", "changed", "dropped", "added", "rate")
    yield from _rows(
        ("shown", *names[:-1], "kept, share"),
        {
            row.annotator: ("yes" if row.shown else "no", *(getattr(row, name) for name in names))
            for row in kept
        },
    )


def _rows(head: Sequence[str], rows: Mapping[str, Sequence[str | float | None]]) -> Iterator[str]:
    yield f"<table><tr><th>annotator</th>{''.join(f'<th>{name}</th>' for name in head)}</tr>"
    for annotator, values in rows.items():
        said = (f"{v:.3f}" if isinstance(v, float) else v for v in values)
        cells = "".join(f"<td class=number>{'&ndash;' if v is None else v}</td>" for v in said)
        yield f"<tr><td>{escape(annotator)}</td>{cells}</tr>"
    yield "</table>"
