"""`python -m ijcorpus` is the command `ijcorpus`."""

from __future__ import annotations

from ijcorpus.cli import main

if __name__ == "__main__":
    main()
