"""Label Studio as a detour: documents go out as tasks, every annotator's work comes home."""
