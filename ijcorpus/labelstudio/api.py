"""The few calls of Label Studio's API that we make: no write is ever sent twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from ijcorpus.document import Struct
from ijcorpus.errors import MissingExtraError, StudioError
from ijcorpus.labelstudio.bulk import read_export

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

T = TypeVar("T")
Json = dict[str, Any]
_TIMEOUT = 120.0
_LONG = 1200.0
_PAGE = 500
# The first version that was tried, and the first that was not.
SUPPORTED = ((1, 23), (1, 24))


class Task(Struct, frozen=True, kw_only=True):
    """A task as the server has it, with everybody's annotations and its predictions."""

    id: int
    data: Json
    annotations: tuple[Json, ...]
    predictions: tuple[Json, ...]

    @property
    def key(self) -> str:
        """The task's own key, empty when it was not made by us."""
        return str(self.data.get("ij_key", ""))

    @property
    def document(self) -> str:
        """The document's id."""
        return self.key.rpartition("@")[0]

    @property
    def digest(self) -> str:
        """The digest of the text it was made of."""
        return self.key.rpartition("@")[2]


class Totals(Struct, frozen=True, kw_only=True):
    """How many tasks a question finds, with how many finished annotations and predictions."""

    tasks: int
    annotations: int
    predictions: int


class Api:
    """One account's calls. Reads may be repeated, writes are sent once; faults are StudioErrors."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._client = _client(url, token)

    def whoami(self) -> str:
        """The account's e-mail address, in small letters."""
        said = self._call("asking who we are", self._client.users.whoami)
        return str(said.email).lower()

    def require_supported(self) -> None:
        """Raise StudioError unless the server's version is one that was tried."""
        said = str(self._call("asking for its version", self._client.versions.get).release or "")
        number = re.match(r"(\d+)\.(\d+)", said)
        first, beyond = (".".join(map(str, version)) for version in SUPPORTED)
        if number is None:
            raise StudioError(
                f"{self.url} does not say its version ({said!r}). Is it Label Studio?"
            )
        if not SUPPORTED[0] <= (int(number[1]), int(number[2])) < SUPPORTED[1]:
            raise StudioError(
                f"{self.url} is Label Studio {said}; versions from {first} to before {beyond} are "
                "supported, since others store and answer differently. Use 'ijcorpus studio up' or "
                "a server of such a version."
            )

    def users(self) -> dict[int, str]:
        """All accounts: number -> e-mail address, in small letters."""
        listed = self._call("listing the accounts", lambda: list(self._client.users.list()))
        return {user.id: str(user.email).lower() for user in listed if user.id is not None}

    def project(self, title: str) -> Json | None:
        """The project of exactly that title, or None."""
        found = sorted(self.projects(title))
        if len(found) > 1:
            raise StudioError(
                f"{self.url} has {len(found)} projects {title!r} ({found}). Keep one of them; a "
                "push deletes those that have no tasks."
            )
        if not found:
            return None
        get = self._client.projects.get
        return self._call(f"reading {title!r}", lambda: get(found[0]).model_dump(mode="json"))

    def projects(self, title: str) -> dict[int, int]:
        """All projects of exactly that title: their numbers, and how many tasks each has."""

        def ask() -> dict[int, int]:
            listed = self._client.projects.list(page_size=_PAGE)
            return {p.id: p.task_number or 0 for p in listed if p.title == title}

        return self._call("listing the projects", ask)

    def delete_project(self, project: int) -> None:
        """Delete a project."""
        delete = self._client.projects.delete
        self._call(f"deleting project {project}", lambda: delete(project, request_options=_once()))

    def create_project(self, title: str, fields: Json) -> Json:
        """Make a project."""
        create = self._client.projects.create
        made = self._call(
            f"making {title!r}",
            lambda: create(title=title, request_options=_once(), **fields),
        )
        return made.model_dump(mode="json")

    def update_project(self, project: int, fields: Json) -> None:
        """Change a project's settings."""
        update = self._client.projects.update
        self._call(
            f"changing project {project}",
            lambda: update(project, request_options=_once(), **fields),
        )

    def tasks(self, project: int) -> list[Task]:
        """All tasks of a project."""

        def ask() -> list[Task]:
            listed = self._client.tasks.list(
                project=project, fields="all", page_size=_PAGE, resolve_uri=False
            )
            dumped = (task.model_dump(mode="json") for task in listed)
            return [
                Task(
                    id=task["id"],
                    data=task["data"],
                    annotations=tuple(task["annotations"] or ()),
                    predictions=tuple(task["predictions"] or ()),
                )
                for task in dumped
            ]

        return self._call(f"listing the tasks of project {project}", ask)

    def outlines(self, project: int) -> list[Task]:
        """All tasks of a project with nothing but their data: half the server's time."""

        def ask() -> list[Task]:
            listed = self._client.tasks.list(
                project=project, fields="task_only", review=True, page_size=_PAGE, resolve_uri=False
            )
            return [
                Task(id=task.id, data=dict(task.data), annotations=(), predictions=())
                for task in listed
            ]

        return self._call(f"listing the tasks of project {project}", ask)

    def totals(self, project: int, *filters: Json) -> Totals:
        """What is counted in a project, of all tasks or of those that all filters let pass."""
        found = self._asked(project, filters, page_size=1).response
        return Totals(
            tasks=found.total,
            annotations=found.total_annotations,
            predictions=found.total_predictions,
        )

    def matching(self, project: int, *filters: Json) -> set[int]:
        """The numbers of the tasks that all filters let pass."""
        pager = self._asked(project, filters, page_size=_PAGE)
        return set(self._call(f"asking project {project}", lambda: [task.id for task in pager]))

    def newest(self, project: int) -> str:
        """When a task of the project was changed last, in the server's words; "" without tasks."""
        items = self._asked(project, (), page_size=1, ordering=["-tasks:updated_at"]).items
        return items[0].model_dump(mode="json")["updated_at"] if items else ""

    def _asked(
        self, project: int, filters: Sequence[Json], *, page_size: int, ordering: Sequence[str] = ()
    ) -> Any:
        asked = {"filters": {"conjunction": "and", "items": filters}, "ordering": ordering}
        query = msgspec.json.encode(asked).decode()

        def ask() -> Any:
            return self._client.tasks.list(
                project=project,
                fields="task_only",
                page_size=page_size,
                resolve_uri=False,
                query=query,
            )

        return self._call(f"asking project {project}", ask)

    def import_tasks(self, project: int, tasks: Sequence[Json]) -> int:
        """Send tasks once; the number the server says it made."""
        send = self._client.projects.import_tasks
        answer = self._call(
            f"sending {len(tasks)} tasks",
            lambda: send(project, request=cast("Any", tasks), request_options=_once()),
        )
        return int(answer.task_count or 0)

    def import_predictions(self, project: int, predictions: Sequence[Json]) -> int:
        """Send predictions once; the number the server says it made."""
        send = self._client.projects.import_predictions
        answer = self._call(
            f"sending {len(predictions)} predictions",
            lambda: send(project, request=cast("Any", predictions), request_options=_once()),
        )
        return int(answer.created or 0)

    def delete_task(self, task: int) -> None:
        """Delete a task."""
        delete = self._client.tasks.delete
        self._call(f"deleting task {task}", lambda: delete(str(task), request_options=_once()))

    def delete_prediction(self, prediction: int) -> None:
        """Delete a prediction."""
        delete = self._client.predictions.delete
        self._call(
            f"deleting prediction {prediction}",
            lambda: delete(prediction, request_options=_once()),
        )

    def export(self, project: int, tasks: Sequence[int] = ()) -> list[Json]:
        """The raw export of all tasks, or of these: everybody's annotations and drafts."""
        options: Any = {"timeout_in_seconds": int(_LONG)}
        if tasks:
            options["additional_query_parameters"] = {"ids[]": [str(task) for task in tasks]}

        def ask() -> bytes:
            return b"".join(
                self._client.projects.exports.download_sync(
                    project,
                    export_type="JSON",
                    download_all_tasks=True,
                    request_options=options,
                )
            )

        data = self._call(f"exporting project {project}", ask)
        try:
            return read_export(data)
        except msgspec.DecodeError as error:
            raise StudioError(f"the export of project {project} is no JSON: {error}.") from error

    def annotate(self, task: int, result: Sequence[Json]) -> None:
        """Add an annotation in this account's name."""
        create = self._client.annotations.create
        self._call(
            f"annotating task {task}",
            lambda: create(
                task,
                result=list(result),
                was_cancelled=False,
                ground_truth=False,
                request_options=_once(),
            ),
        )

    def change(self, annotation: int, result: Sequence[Json]) -> None:
        """Replace the result of an annotation."""
        update = self._client.annotations.update
        self._call(
            f"changing annotation {annotation}",
            lambda: update(annotation, result=list(result), request_options=_once()),
        )

    def _call(self, doing: str, call: Callable[[], T]) -> T:
        return _named(self.url, doing, call)


def _named(url: str, doing: str, call: Callable[[], T]) -> T:
    """The call's answer; what may go wrong becomes a StudioError that says where and what to do."""
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    try:
        return call()
    except ApiError as error:
        remedy = "Check the token." if error.status_code in (401, 403) else "See the server's log."
        said = str(error.body)[:300]
        raise StudioError(f"{url}: {doing}: HTTP {error.status_code}: {said}. {remedy}") from error
    except httpx.HTTPError as error:
        raise StudioError(
            f"{url}: {doing}: {type(error).__name__}: {error}. Is the server up? See "
            "'ijcorpus studio status', then repeat."
        ) from error


def where(column: str, operator: str, kind: str, value: object) -> Json:
    """A filter on a column of tasks, as the server wants it."""
    return {
        "filter": f"filter:tasks:{column}",
        "operator": operator,
        "type": kind,
        "value": value,
    }


def _once() -> Any:
    return {"max_retries": 0, "timeout_in_seconds": int(_LONG)}


def _client(url: str, token: str) -> LabelStudio:
    try:
        import httpx
        from label_studio_sdk import LabelStudio
    except ImportError as error:
        raise MissingExtraError(
            "Label Studio needs more packages: pip install 'ijcorpus[curate]'"
        ) from error
    loopback = url.startswith(("http://127.0.0.1", "http://localhost"))
    session = httpx.Client(timeout=_TIMEOUT, follow_redirects=True, trust_env=not loopback)
    # The client reads personal tokens when it is made, and refuses those that ended.
    return _named(
        url,
        "logging in",
        lambda: LabelStudio(base_url=url, api_key=token, httpx_client=session),
    )
