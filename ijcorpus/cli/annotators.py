"""`ijcorpus annotators`: who annotates, and one more of them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import click

from ijcorpus.cli.context import Context, pass_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ijcorpus.annotation import Annotator
    from ijcorpus.workspace import Workspace


@click.group(name="annotators", epilog="Example: ijcorpus annotators list")
def annotators_command() -> None:
    """Who annotates: persons, language models and rules."""


@annotators_command.command("list", epilog="Example: ijcorpus annotators list")
@pass_context
def show(ctx: Context) -> None:
    """Everybody listed, and how many documents each has annotated."""
    import msgspec
    from rich.table import Table

    workspace = ctx.workspace
    done = {
        name: sum(workspace.layout.layer(name, document).exists() for document in workspace.sources)
        for name in workspace.annotators
    }
    known = workspace.annotators.values()
    if ctx.json:
        ctx.emit([{**msgspec.to_builtins(a), "documents": done[a.id]} for a in known])
        return
    table = Table("annotator", "kind", "role", "documents", "account", "description")
    for a in known:
        table.add_row(a.id, a.kind, _role(a), str(done[a.id]), a.email, a.description)
    ctx.console.print(table)


@annotators_command.command(
    epilog='Example: ijcorpus annotators add dana --kind human --description "Historian; reads '
    'Hebrew" --email dana@example.org'
)
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(["human", "model", "rule"]),
    required=True,
    help="A person, a language model, or a program that applies rules.",
)
@click.option("--description", required=True, help="Who or what it is, for the data card.")
@click.option("--email", required=True, help="The account on the annotation server.")
@click.option("--prelabels", is_flag=True, help="Its tasks carry the rule's prelabels.")
@click.option("--adjudicates", is_flag=True, help="It decides between the passes.")
@click.option("--audits", is_flag=True, help="It annotates afterwards, to try the result.")
@click.option(
    "--assign",
    "splits",
    multiple=True,
    metavar="SPLIT",
    help="Where documents are assigned: give it those of this split; repeatable. By default all "
    "of them, and none to who adjudicates or audits.",
)
@pass_context
def add(
    ctx: Context,
    name: str,
    kind: str,
    description: str,
    email: str,
    prelabels: bool,
    adjudicates: bool,
    audits: bool,
    splits: tuple[str, ...],
) -> None:
    """List one more annotator.

    'ijcorpus studio up' then makes the account and 'ijcorpus push' the project. The layer of a new
    annotator joins agreement, adjudication and release like any other. Say only what is so: `human`
    is a person who annotates, and everything a program made is `model` or `rule`.
    """
    from ijcorpus.layout import safe_name
    from ijcorpus.records import read_text, write_bytes

    if adjudicates and audits:
        raise click.UsageError("who adjudicates cannot audit the result: give one of the two.")
    if splits and (adjudicates or kind == "rule"):
        raise click.UsageError("who adjudicates, and a rule, are sent no tasks: drop --assign.")
    layout, known = ctx.workspace.layout, ctx.workspace.annotators
    description, email = _line("description", description), _line("email", email).lower()
    _refuse_taken(safe_name(name), email, known.values(), str(layout.annotators))
    passes = kind != "rule" and not (adjudicates or audits)
    documents = _given(ctx.workspace, splits, every=passes)
    flags = {"prelabels": prelabels, "adjudicates": adjudicates, "audits": audits}
    lines = [
        "[[annotator]]",
        *(
            f"{key} = {json.dumps(value, ensure_ascii=False)}"
            for key, value in {
                "id": name,
                "kind": kind,
                "description": description,
                "email": email,
            }.items()
        ),
        *(f"{flag} = true" for flag, given in flags.items() if given),
    ]
    text = read_text(layout.annotators, remedy="A corpus root needs this file.").rstrip()
    text = text + "\n\n" + "\n".join(lines) + "\n"
    _refuse_broken(text, str(layout.annotators))
    write_bytes(layout.annotators, text.encode())
    if documents:
        _assign(ctx.workspace, name, documents)
    if ctx.json:
        ctx.emit({"annotator": name, "file": str(layout.annotators), "assigned": documents})
        return
    assigned = f" and is assigned {len(documents)} documents" if documents else ""
    ctx.console.print(
        f"{name} is in {layout.annotators}{assigned}. Next: 'ijcorpus studio up' and "
        "'ijcorpus push' make the account and the project; after annotation, 'ijcorpus pull' "
        "brings the layer home."
    )


def _line(option: str, said: str) -> str:
    """What was said, without blanks around it; a usage error unless it is one printable line."""
    if not said.strip() or not said.strip().isprintable():
        raise click.UsageError(f"--{option} must be one line of words, not {said!r}.")
    return said.strip()


def _refuse_broken(text: str, file: str) -> None:
    """Raise RecordError for a file that one more `[[annotator]]` would break."""
    import tomllib

    from ijcorpus.errors import RecordError

    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecordError(
            f"{file}: nobody can be added at its end: {error}. List each in a table of their own, "
            "[[annotator]]."
        ) from error


def _refuse_taken(name: str, email: str, known: Iterable[Annotator], file: str) -> None:
    """Raise RecordError when somebody listed has the name or the account."""
    from ijcorpus.adjudicate.compare import OTHER
    from ijcorpus.errors import RecordError

    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise RecordError(f"{file}: {email!r} can be no account. Name it like name@example.org.")
    if name == OTHER:
        raise RecordError(f"{file}: {OTHER!r} has a meaning in decisions. Take another name.")
    for annotator in known:
        if annotator.id == name:
            raise RecordError(f"{file} already lists {name}. Take another name.")
        if annotator.email.lower() == email.lower():
            raise RecordError(
                f"{file}: {annotator.id} has the account {email}. Each annotator needs its own, or "
                "the work of two could not be told apart."
            )


def _given(workspace: Workspace, splits: Sequence[str], *, every: bool) -> list[str]:
    """The documents to assign; none where the corpus has no assignment.

    Raises RecordError for a split that no document is in.
    """
    from ijcorpus.errors import RecordError

    if workspace.assignment is None:
        if splits:
            raise RecordError(
                f"{workspace.layout.assignment} does not exist, so everybody is sent every "
                "document. Leave out --assign, or write that file first."
            )
        return []
    known = workspace.assignable.splits
    for split in splits:
        if split not in known.values():
            named = ", ".join(sorted(set(known.values())))
            raise RecordError(f"There is no split {split!r}. Name one of {named}.")
    return [name for name, split in known.items() if split in splits or (every and not splits)]


def _assign(workspace: Workspace, annotator: str, documents: Sequence[str]) -> None:
    from ijcorpus.records import write_bytes

    path = workspace.layout.assigned
    before = path.read_text().rstrip("\n") if path.exists() else ""
    lines = [*([before] if before else []), *(f"{annotator}\t{name}" for name in documents)]
    write_bytes(path, ("\n".join(lines) + "\n").encode())


def _role(annotator: Annotator) -> str:
    if annotator.adjudicates:
        return "adjudicates"
    return "audits" if annotator.audits else "passes"
