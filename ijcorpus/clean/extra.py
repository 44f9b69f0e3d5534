"""Optional dependencies, imported where they are used and not before."""

from __future__ import annotations

import importlib
from typing import Any

from ijcorpus.errors import MissingExtraError


def needs(module: str) -> Any:
    """Import an optional module.

    Raises MissingExtraError, which says what to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f'cleaning needs {module} ({error}): pip install "ijcorpus[hydrate]"'
        ) from None
