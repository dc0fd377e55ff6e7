"""Data sets and what becomes of them on the way into a network. Importing this loads no torch."""
