"""The Israel-Japan Relations Corpus and the workbench that makes it."""
