"""Of drawn images all is known: what of it a model keeps, and what its noise makes."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean

from trainer.reporting.reproduce.records import Record

READABLE = 0.5  # what the probe explains of a factor of real images; below, its word means little


def factor_table(records: Mapping[str, list[Record]]) -> list[str]:
    """A Markdown table: a row for each readable factor, a column for each trial that has any.

    The factors that the first trial keeps come first; none, where no trial has drawn images.
    """
    known = {trial: _means(found) for trial, found in records.items()}
    known = {trial: factors for trial, factors in known.items() if factors}
    if not known:
        return []
    ranked = {
        name: parts[0] for factors in reversed(known.values()) for name, parts in factors.items()
    }
    lines = [
        "Kept of the input, and made by the noise, 0 to 1, as a probe reads it off the pictures:",
        "",
        f"| of a drawn picture | {' | '.join(f'`{trial}`' for trial in known)} |",
        "| --- |" + " --- |" * len(known),
    ]
    for name in sorted(ranked, key=lambda name: -ranked[name]):
        cells = [
            "{:.2f}, {:.2f}".format(*factors[name]) if name in factors else ""
            for factors in known.values()
        ]
        lines.append(f"| {name.replace('_', ' ')} | {' | '.join(cells)} |")
    return [*lines, ""]


def _means(records: list[Record]) -> dict[str, tuple[float, float]]:
    """Readable factor -> kept and made by the noise, means over the seeds."""
    tables = [r.metrics["factors"] for r in records if r.metrics.get("factors")]
    # Versions may know different factors.
    names = [name for name in (tables[0] if tables else ()) if all(name in each for each in tables)]

    def over_seeds(name: str, part: str) -> float:
        return float(mean(table[name][part] for table in tables))

    return {
        name: (over_seeds(name, "kept"), over_seeds(name, "noise"))
        for name in names
        if over_seeds(name, "probe") >= READABLE
    }
