"""docs/RESULTS.md: every claim of the paper beside what our own runs gave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import mean

from trainer.recipe.options import short_name
from trainer.recipe.recipe import Recipe
from trainer.reporting.reproduce.claims import CLAIMS
from trainer.reporting.reproduce.factor_table import factor_table
from trainer.reporting.reproduce.records import Record, read_records
from trainer.reporting.reproduce.trials import Claim, Measure, Trial
from trainer.storage.files import write_bytes

HEAD = """# Results

What the paper shows or reports, and what our own runs gave. This page is written by
`python -m trainer reproduce`; whatever it says was measured by that command, on the test images,
with the weights at the end of each run; six records of MNIST were measured again later, on the
shipped weights. Figures are means over the seeds, with the smallest and the largest in brackets;
pictures are those of seed 0, whatever came of it. The measures are explained in
`trainer/evaluation/`; settings and their history are in [EXPERIMENTS.md](EXPERIMENTS.md).
Trials that bear the name of a full-size recipe (`mnist-10`, `svhn-75`, `shoes`, ...) have the
paper's sizes and want a GPU; `-small` ones, the toys, `drawn-10` and those on photos are made for a
CPU, with less training than the paper's. *Not run yet* means just that.

*Speckle*, of drawings in colour, is how much pictures vary from pixel to pixel in flat places, over
what true drawings do: 1 is as smooth as they are, 1.3 is hardly seen, 2 is seen, 5 is mottled. A
dash stands where it was not measured, or where photographs have no flat places.

In pictures of images the first column is the input, for CycleIAE with edges the second its code,
the rest are draws; for faces four translations and then what the decoder makes of them. Clusters
are columns, each row is one noise vector.
"""
Made = Callable[[Trial, int], Recipe]


def write_page(docs: Path, made: Made) -> Path:
    """Write RESULTS.md anew from all records. Returns its path."""
    parts = [HEAD, *(_section(claim, docs, made) for claim in CLAIMS)]
    path = docs / "RESULTS.md"
    write_bytes(path, "\n".join(parts).encode())
    return path


def _section(claim: Claim, docs: Path, made: Made) -> str:
    known = {trial.name: _current(docs, trial, made) for trial in claim.trials}
    shown = [m for m in claim.measures if any(_values(r, m.key) for r, _ in known.values())]
    columns = [*_columns(shown or claim.measures), "seeds", "minutes", "device", "date"]
    lines = [f"## {claim.title}", "", f"**The paper.** {claim.paper}", ""]
    lines += [f"| trial | {' | '.join(columns)} |", "| --- |" + " --- |" * len(columns)]
    for trial in claim.trials:
        cells = _cells(*known[trial.name], shown) or ["*not run yet*"]
        cells += [""] * (len(columns) - len(cells))
        lines.append(f"| {_named(trial)} | {' | '.join(cells)} |")
    lines += ["", f"`python -m trainer reproduce {' '.join(t.name for t in claim.trials)}`", ""]
    lines += _amended(records for records, _ in known.values())
    lines += factor_table({name: records for name, (records, _) in known.items()})
    for trial in claim.trials:
        drawn = any(r.seed == 0 and "diverged" not in r.metrics for r in known[trial.name][0])
        if drawn and (docs / "figures" / f"{trial.name}.png").exists():
            lines += [f"{trial.name}:", "", f"![{trial.name}](figures/{trial.name}.png)", ""]
    return "\n".join(lines)


def _amended(trials: Iterable[list[Record]]) -> list[str]:
    """What was changed in a recipe while a seed of it trained: it is not quite the trial's."""
    told = [
        f"Amended while it trained: `{record.trial}`, seed {record.seed}, {_words(record)}."
        for records in trials
        for record in records
        if record.amendments
    ]
    return [line for each in told for line in (each, "")]


def _words(record: Record) -> str:
    return "; ".join(
        f"from step {each['step']:,}: {short_name(each['option'])} = {each['value']}"
        for each in record.amendments
    )


def _current(docs: Path, trial: Trial, made: Made) -> tuple[list[Record], bool]:
    """The records with the trial's settings of today; if there are none, older ones, and True."""
    known = read_records(docs / "results", trial.name)
    current = [record for record in known if record.is_of(made(trial, record.seed))]
    return (current, False) if current else (known, bool(known))


def _named(trial: Trial) -> str:
    return f"`{trial.name}`" + (f" ({trial.note})" if trial.note else "")


def _columns(measures: Sequence[Measure]) -> list[str]:
    columns = []
    for measure in measures:
        columns.append(measure.title)
        if measure.yardstick:
            columns.append(f"*{measure.against}*")
    return columns


def _cells(records: list[Record], stale: bool, measures: Sequence[Measure]) -> list[str]:
    if not records:
        return []
    cells = []
    for measure in measures:
        cells.append(_spread(_values(records, measure.key), measure.percent))
        if measure.yardstick:
            cells.append(_spread(_values(records, measure.yardstick), measure.percent))
    lost = sum("diverged" in record.metrics for record in records)
    minutes = mean(record.minutes for record in records)
    return [
        *cells,
        _ranges([record.seed for record in records]) + (f" ({lost} diverged)" if lost else ""),
        f"{minutes:.1f}",
        ", ".join(sorted({record.device for record in records})),
        max(record.date for record in records) + (" (with earlier settings)" if stale else ""),
    ]


def _values(records: list[Record], key: str) -> list[float]:
    return [float(r.metrics[key]) for r in records if r.metrics.get(key) is not None]


def _spread(values: list[float], percent: bool) -> str:
    if not values:
        return "\N{EN DASH}"

    def text(value: float) -> str:
        return f"{100 * value:.1f}" if percent else f"{value:.4g}"

    unit = " %" if percent else ""
    low, high = text(min(values)), text(max(values))
    return f"{text(mean(values))}{unit}" + (f" ({low} to {high})" if low != high else "")


def _ranges(numbers: list[int]) -> str:
    """0, 1, 2, 5 as 0-2, 5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)
