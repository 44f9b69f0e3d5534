"""From an opened corpus root to a release directory: rows, Parquet, card, manifest, citation."""
