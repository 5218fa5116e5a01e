"""Face detectors, one per file."""
