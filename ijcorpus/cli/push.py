"""`ijcorpus push`: documents and prelabels go to Label Studio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from ijcorpus.cli.context import Context, pass_context
from ijcorpus.cli.studio import chosen, studio, url_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ijcorpus.assignment import Given
    from ijcorpus.document import Document
    from ijcorpus.labelstudio.plan import Plan
    from ijcorpus.labelstudio.pushing import Prelabels, Pushed


@click.command("push", epilog="Example: ijcorpus push --annotator pass-a original-003")
@click.argument("documents", nargs=-1, metavar="[DOCUMENT]...")
@click.option("--annotator", "names", multiple=True, help="Only to this annotator; repeatable.")
@click.option("--plan", "only_plan", is_flag=True, help="Show what would happen, and do nothing.")
@click.option("--apply", is_flag=True, help="Also change what is there, as the plan shows.")
@click.option(
    "--rename",
    "renames",
    multiple=True,
    metavar="OLD=NEW",
    help="A name of the scheme that changed; repeatable.",
)
@url_option
@pass_context
def push_command(
    ctx: Context,
    documents: tuple[str, ...],
    names: tuple[str, ...],
    only_plan: bool,
    apply: bool,
    renames: tuple[str, ...],
    url: str | None,
) -> None:
    """Send documents (all that are at hand) and prelabels to every annotator's project.

    Only what is missing is sent, so it may be repeated at any time. When a text or the scheme
    changed, --plan shows what that means for what is there, and only --apply does it: tasks that
    nobody worked on are sent anew, labels get their new names also in finished work. Work on an
    old text, or with a label that is gone, stands in the way; the plan names it.

    With annotations/assignment.toml everybody gets only the documents that it gives them, in its
    order; who got what is recorded in annotations/assigned.tsv, and stays.
    """
    from ijcorpus.cli.assigning import assigned, record, shares

    space = ctx.workspace
    people, declared = chosen(ctx, names), _renames(renames)
    listed = [space.document(name) for name in documents] or list(space.documents())
    titles = {document.id: space.source(document.id).title for document in listed}
    wanted = any(annotator.prelabels for annotator in people)
    prelabels = _prelabels(ctx, listed) if wanted else None
    server = studio(ctx, url)
    given = assigned(space, server)
    share = shares(given, people, listed, documents)
    if only_plan:
        plans = [server.plan(one, share[one.id], titles, prelabels, declared) for one in people]
        _show_plans(ctx, plans, given)
        return
    if given is not None:
        record(space, given)
    instructions = _instructions(ctx)
    done: list[Pushed] = []
    for annotator in people:
        mine = share[annotator.id]
        with ctx.progress.status(f"pushing {len(mine)} documents to {annotator.id}"):
            pushed = server.push(
                annotator, mine, titles, prelabels, instructions, renames=declared, apply=apply
            )
        done.append(pushed)
    if ctx.json:
        ctx.emit(done)
    else:
        _render(ctx, done)


def _renames(said: Sequence[str]) -> dict[str, str]:
    """Old names to new ones; raises a usage error for what is no OLD=NEW."""
    declared: dict[str, str] = {}
    for item in said:
        old, equals, new = (part.strip() for part in item.partition("="))
        if not (old and equals and new) or old in declared:
            raise click.BadParameter(f"{item!r} is no new OLD=NEW.", param_hint="--rename")
        declared[old] = new
    return declared


def _prelabels(ctx: Context, documents: Sequence[Document]) -> Prelabels:
    from ijcorpus.labelstudio.pushing import Prelabels
    from ijcorpus.prelabel import prelabel, rule_version

    entries = tuple(ctx.workspace.registry.values())
    found = {document.id: prelabel(document, entries) for document in documents}
    return Prelabels(version=rule_version(entries), entities=found)


def _instructions(ctx: Context) -> str:
    """The guidelines as HTML, for the annotators' screens."""
    from ijcorpus.labelstudio.instructions import instructions

    pages = [ctx.workspace.layout.guidelines / name for name in ctx.workspace.scheme.guidelines]
    return instructions(page.read_text() for page in pages if page.is_file())


_CHANGES = {
    "new": "is made",
    "same": "stays",
    "look": "stays; only its look changes",
    "registry": "stays; it offers the registry as it is now",
    "more": "gets new values",
    "renamed": "gets new names",
    "less": "loses values that nobody used",
}


def _show_plans(ctx: Context, plans: Sequence[Plan], given: Given | None) -> None:
    from ijcorpus.cli.assigning import told

    if given is not None:
        plans = [msgspec.structs.replace(p, assigned=given[p.annotator]) for p in plans]
    if ctx.json:
        ctx.emit(plans)
        return
    for plan in plans:
        say = ctx.console.print
        say(f"{plan.annotator}: the project {_CHANGES[plan.change]}", highlight=False)
        if given is not None:
            said = told(ctx.workspace, given, plan.annotator)
            say(f"  {said}", highlight=False, markup=False, soft_wrap=True)
        lists = {"send": plan.create, "of these, deleted there since an earlier pull": plan.again}
        lists |= {"leave": plan.keep, "send anew": plan.replace}
        lists |= {"prelabel": plan.prelabel, "not in this push": plan.foreign}
        lists |= {"new in the scheme": plan.added, "gone from the scheme": plan.lost}
        for what, listed in lists.items():
            if listed:
                line = f"  {what} ({len(listed)}): {'; '.join(listed)}"
                say(line, highlight=False, markup=False, soft_wrap=True)
        for old, new in plan.renamed.items():
            say(f"  rename {old} to {new}", highlight=False, markup=False, soft_wrap=True)
        if plan.rewritten:
            say(f"  annotations to be rewritten: {plan.rewritten}", highlight=False)
        for reason in plan.blocked:
            say(f"  in the way: {reason}", highlight=False, markup=False, soft_wrap=True)
        if plan.migrates and not plan.blocked:
            say("  This changes what is there: push with --apply.", highlight=False)


def _render(ctx: Context, done: Sequence[Pushed]) -> None:
    from rich.table import Table

    table = Table("annotator", "new", "there already", "replaced", "prelabelled", "not pushed")
    for pushed in done:
        lists = (pushed.created, pushed.kept, pushed.replaced, pushed.prelabelled, pushed.foreign)
        table.add_row(pushed.annotator, *(str(len(listed)) for listed in lists))
    ctx.console.print(table)
    for pushed in done:
        if pushed.again:
            said = f"{pushed.annotator}: made again, since they were deleted there after an "
            said += f"earlier pull: {'; '.join(pushed.again)}"
            ctx.console.print(said, highlight=False, soft_wrap=True)
