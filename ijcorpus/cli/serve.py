"""`ijcorpus serve`: predictions for Label Studio, asked for one document at a time."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ijcorpus.cli.context import Context, pass_context


@click.command(epilog="Example: ijcorpus serve --port 9090")
@click.option(
    "--pipeline",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A FOLDER with a trained spaCy pipeline; by default the registry is what predicts.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=9090,
    show_default=True,
    help="Where to listen, on this machine only; 0 takes any free port.",
)
@pass_context
def serve_command(ctx: Context, pipeline: Path | None, port: int) -> None:
    """Serve prelabels to Label Studio's "Get predictions", until Ctrl+C.

    In Label Studio, name the address under Settings, Model. Label Studio asks addresses on its
    own machine only when it was started with 'ijcorpus studio up --allow-backend' (elsewhere, with
    LABEL_STUDIO_ML_BLOCK_LOCAL_IP=false and LABEL_STUDIO_SSRF_PROTECTION_ENABLED=false). Pushed
    prelabels ('ijcorpus push') need none of this, and can be repeated exactly: prefer them.
    """
    from ijcorpus.labelstudio.service import from_pipeline, from_registry, serve

    space = ctx.workspace
    predictor = (
        from_pipeline(pipeline, space.scheme)
        if pipeline
        else from_registry(space.registry.values())
    )

    def ready(url: str) -> None:
        if ctx.json:
            ctx.emit({"url": url, "model_version": predictor.version})
            sys.stdout.flush()
        else:
            click.echo(f"{predictor.version} is served at {url}")

    serve(predictor, port, ready)
