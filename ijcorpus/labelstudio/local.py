"""The calls to this root's own server, whose disk is ours to keep tidy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ijcorpus.labelstudio.api import Api, Json
from ijcorpus.labelstudio.process import lock


class LocalApi(Api):
    """The same calls; `folder` is the server's own (`.studio`).

    Label Studio writes every export into `data/export`, with all texts, and never deletes one.
    """

    def __init__(self, url: str, token: str, folder: Path) -> None:
        super().__init__(url, token)
        self._folder = folder

    def export(self, project: int, tasks: Sequence[int] = ()) -> list[Json]:
        """The raw export of all tasks, or of these; what the server wrote for it is deleted.

        One export at a time: two of one project and minute can share a file, which the server
        reads again after it wrote it.
        """
        with lock(self._folder / "export.lock", what="another export", wait=1200):
            try:
                return super().export(project, tasks)
            finally:
                for path in (self._folder / "data" / "export").glob(f"project-{project}-at-*"):
                    path.unlink(missing_ok=True)
