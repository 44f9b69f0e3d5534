"""The Israel-Japan Relations Corpus and the workbench that makes it.

The whole public face; each name is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ijcorpus.hydration import hydrate
    from ijcorpus.loading import documents, load, versions
    from ijcorpus.release.cite import cite

    __version__: str

__all__ = ["__version__", "cite", "documents", "hydrate", "load", "versions"]

_HOMES = {
    "cite": "ijcorpus.release.cite",
    "documents": "ijcorpus.loading",
    "hydrate": "ijcorpus.hydration",
    "load": "ijcorpus.loading",
    "versions": "ijcorpus.loading",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("ijcorpus")
        except PackageNotFoundError:
            return "0+unknown"
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__]
