"""The threads: training, rendering, and work on files and data."""
