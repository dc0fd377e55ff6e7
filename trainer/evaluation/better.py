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
_SPECKLE = "flat places are uneven; 1: as in drawn images; 1.3: hardly seen; 2: seen; 5: mottled"
MEANINGS: dict[str, str] = {
    "way_back_mse": "mean squared error of what comes back, against the input",
    "diversity": "how far the pictures of one code differ: standard deviation over noise vectors",
    "edges_of_code": "F1 of the code's edges, against the true ones of the input",
    "edges_of_output": "F1 of the edges found in the output, against the code",
    "edges_chance": "edges of the code, against another image's: what chance gives",
    "edges_found": "edges found in the input, against its true ones: what finding them can reach",
    "speckle": _SPECKLE,
    "way_back_speckle": f"the same of the pictures that come back. {_SPECKLE}",
}
