"""What the server files on this root's disk is not left there."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from studio_site import Site

from ijcorpus.errors import StudioError
from ijcorpus.labelstudio.api import Api, Json
from ijcorpus.labelstudio.local import LocalApi


class Filing:
    """Stands for a server: files an export of a project, then reads it again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.broken, self.seen = folder, False, list[Path]()

    def export(self, api: Api, project: int, tasks: Sequence[int] = ()) -> list[Json]:
        path = self.folder / f"project-{project}-at-2001-02-03-04-05-abcdef01.json"
        path.write_text("[]")
        self.seen.append(path)
        if self.broken:
            raise StudioError("no answer")
        threading.Event().wait(0.05)
        assert path.read_text() == "[]"
        return []


@pytest.fixture
def filing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Filing:
    folder = tmp_path / "data" / "export"
    folder.mkdir(parents=True)
    made = Filing(folder)
    monkeypatch.setattr(Api, "export", lambda *given: made.export(*given))
    return made


def test_an_export_is_cleared_after_an_answer_and_after_a_fault(
    filing: Filing, tmp_path: Path
) -> None:
    other = filing.folder / "project-44-at-2001-02-03-04-05-abcdef01.json"
    other.touch()
    api = LocalApi("http://127.0.0.1:9", "t", tmp_path)
    assert api.export(4) == []
    filing.broken = True
    with pytest.raises(StudioError, match="no answer"):
        api.export(4, [1])
    assert len(filing.seen) == 2
    assert [*filing.folder.iterdir()] == [other]


def test_an_export_is_not_cleared_under_another_one(filing: Filing, tmp_path: Path) -> None:
    faults: list[BaseException] = []

    def work() -> None:
        api = LocalApi("http://127.0.0.1:9", "t", tmp_path)
        try:
            for _ in range(5):
                api.export(4)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(filing.seen) == 15
    assert not [*filing.folder.iterdir()]


@pytest.mark.studio
def test_no_command_leaves_an_export_behind(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, export = site.server.data / "export", Api.export
    filed: list[str] = []

    def seen(api: Api, project: int, tasks: Sequence[int] = ()) -> list[Json]:
        found = export(api, project, tasks)
        filed.extend(path.name for path in folder.iterdir())
        return found

    monkeypatch.setattr(Api, "export", seen)
    site.run("push")
    # A push of some documents looks at the drafts of the others.
    for command in (("studio", "status"), ("push", "doc-harbour"), ("pull",)):
        filed.clear()
        site.run(*command)
        assert filed, command
        assert not [*folder.iterdir()], command
