"""Sheets, figures, and the paper's results made again."""
