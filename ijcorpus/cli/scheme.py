"""`ijcorpus scheme`: what is made from the scheme."""

from __future__ import annotations

import click

from ijcorpus.cli.context import Context, pass_context


@click.command(epilog="Example: ijcorpus scheme xml > config.xml")
@click.argument("what", type=click.Choice(["xml", "json-schema", "index"]))
@pass_context
def scheme_command(ctx: Context, what: str) -> None:
    """Print what is made from annotations/scheme.toml.

    `xml` is the Label Studio configuration (with the registry to pick from), `json-schema` the
    schema of an annotation file, `index` the guideline index.
    """
    scheme = ctx.workspace.scheme
    if what == "xml":
        from ijcorpus.labelstudio.config import labeling_config

        click.echo(labeling_config(scheme, ctx.workspace.registry.values()))
    elif what == "json-schema":
        from ijcorpus.scheme import json_schema

        ctx.emit(json_schema())
    else:
        from ijcorpus.guidelines import index

        click.echo(index(scheme), nl=False)
