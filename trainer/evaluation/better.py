"""Of which measures less is better, and of which more; of the others neither.

Here and not in the measures' own files: those load libraries that take seconds.
"""

from __future__ import annotations

from typing import Literal

LESS: tuple[str, ...] = (
    *("mse", "frechet", "kernel", "way_back_mse", "clustering_error", "classification_error"),
    *("posterior_accuracy", "prior_distance"),  # of posteriors that are told apart: at best 0.5
)
MORE: tuple[str, ...] = (
    *("label_agreement", "edges_of_code", "edges_of_output", "domain_reached"),
    *("modes", "places", "high_quality", "cluster_accuracy"),
)
BETTER: dict[str, Literal["less", "more"]] = {
    **dict.fromkeys(LESS, "less"),
    **dict.fromkeys(MORE, "more"),
}
