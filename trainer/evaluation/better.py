"""How figures are read: of which less is better, of which more, and what some of them say.

Here and not in the measures' own files: those load libraries that take seconds.
"""

from __future__ import annotations

from typing import Literal

LESS: tuple[str, ...] = (
    *("mse", "frechet", "kernel", "way_back_mse", "clustering_error", "classification_error"),
    *("posterior_accuracy", "prior_distance"),  # of posteriors that are told apart: at best 0.5
    *("speckle", "way_back_speckle"),
)
MORE: tuple[str, ...] = (
    *("label_agreement", "edges_of_code", "edges_of_output", "domain_reached"),
    *("modes", "places", "high_quality", "cluster_accuracy"),
)
BETTER: dict[str, Literal["less", "more"]] = {
    **dict.fromkeys(LESS, "less"),
    **dict.fromkeys(MORE, "more"),
}

# In a sentence, where the name does not say it.
_SPECKLE = "1: as smooth in flat places as drawn images; 1.3: hardly seen; 2: seen; 5: mottled"
MEANINGS: dict[str, str] = {
    "speckle": _SPECKLE,
    "way_back_speckle": f"the same of the pictures that come back. {_SPECKLE}",
}
