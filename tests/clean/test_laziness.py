from __future__ import annotations

import subprocess
import sys

import pytest

from ijcorpus.clean.extra import needs
from ijcorpus.errors import MissingExtraError

PROBE = """
import sys
import ijcorpus.clean
print([name for name in ("ftfy", "lxml", "trafilatura", "spacy", "pyarrow") if name in sys.modules])
"""


def test_import_is_light() -> None:
    run = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_missing_module_says_what_to_install() -> None:
    with pytest.raises(
        MissingExtraError, match=r'no_such_module.*pip install "ijcorpus\[hydrate\]"'
    ):
        needs("no_such_module")
