"""The paper's results, made again: train, measure, draw, and write them down.

`claims` says what there is to show, `work` does it, `page` writes docs/RESULTS.md.
"""
