"""Models that we trained ourselves; recipe and metrics are inside each file."""
