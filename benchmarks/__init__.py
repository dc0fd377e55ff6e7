"""What is measured, never tested: `python -m benchmarks.training` and its neighbours."""
