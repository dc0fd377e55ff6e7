"""All that is tried on the pretended GPU, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.pretend.common import GPU
from tests.pretend.itself import apples_have_all_operators, is_like_a_gpu
from tests.pretend.pictures import (
    answers_as_on_the_cpu,
    films_as_on_the_cpu,
    is_measured,
    moves_to_the_cpu,
    pictures_as_on_the_cpu,
    points_as_on_the_cpu,
    the_classifier_is_the_same_each_time,
    the_library_as_on_the_cpu,
)
from tests.pretend.training import (
    a_report_is_one_copy,
    breaks_off_and_goes_on,
    goes_on_elsewhere,
    is_tried_beforehand,
    steps_as_on_the_cpu,
    steps_in_16_bits,
    streams,
)
from tests.tiny import CPU, KINDS, kind_of

PICTURES = [kind for kind in KINDS if not kind_of(kind).two_dimensional]
LOW = ("iae", "iae, categories", "vae", "cycleiae, decoder noise", "fiae", "infogan")
EXPLORED = ("iae", "iae, categories", "cycleiae, encoder noise", "cycleiae, decoder noise")
MEASURED = ("iae, categories", "cycleiae, encoder noise", "fiae, points", "iae, points")

TRIALS: dict[str, Callable[[], None]] = {
    "it is like a GPU": is_like_a_gpu,
    **{f"steps, {kind}": partial(steps_as_on_the_cpu, kind) for kind in KINDS},
    **{f"16 bits, {kind}": partial(steps_in_16_bits, kind) for kind in LOW},
    "reports": a_report_is_one_copy,
    **{f"full, {kind}": partial(breaks_off_and_goes_on, kind) for kind in ("iae", "fiae, points")},
    "saved there, loaded there": partial(goes_on_elsewhere, GPU, GPU),
    "saved there, loaded here": partial(goes_on_elsewhere, GPU, CPU),
    "saved here, loaded there": partial(goes_on_elsewhere, CPU, GPU),
    **{f"streamed, {kind}": partial(streams, kind) for kind in ("iae", "iae, labels")},
    "a dry step": is_tried_beforehand,
    **{
        f"shown, {kind}": partial(
            pictures_as_on_the_cpu if kind in PICTURES else points_as_on_the_cpu, kind
        )
        for kind in KINDS
    },
    **{f"moved, {kind}": partial(moves_to_the_cpu, kind) for kind in EXPLORED},
    **{f"explored, {kind}": partial(answers_as_on_the_cpu, kind) for kind in EXPLORED},
    **{f"filmed, {kind}": partial(films_as_on_the_cpu, kind) for kind in EXPLORED[2:]},
    **{f"library, {kind}": partial(the_library_as_on_the_cpu, kind) for kind in EXPLORED[2:]},
    **{f"measured, {kind}": partial(is_measured, kind) for kind in MEASURED},
    "the classifier": the_classifier_is_the_same_each_time,
    "operators": apples_have_all_operators,
}
