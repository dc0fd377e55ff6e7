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

# Where the name is not what the documents call it.
NAMES: dict[str, str] = {
    "label_agreement": "label kept",
    "pca_mse": "mse of principal components",
    "mean_image_mse": "mse of the mean image",
    "frechet": "Fréchet distance",
    "frechet_floor": "Fréchet distance, floor",
    "kernel": "kernel distance",
    "kernel_floor": "kernel distance, floor",
    "kmeans_error": "k-means error",
}
# In a sentence.
_SPECKLE = "flat places are uneven; 1: as in drawn images; 1.3: hardly seen; 2: seen; 5: mottled"
_QUALITY = "distance of samples from test images in a classifier's features"
_FLOOR = "the same of other test images: the best that can be had"
MEANINGS: dict[str, str] = {
    "images": "how many test images it was measured on",
    "mse": "mean squared error of one draw against the input, pixels from 0 to 1",
    "pca_mse": "mse of as many principal components as the code has numbers",
    "mean_image_mse": "mse of the mean image in every input's place",
    "label_agreement": "how often a classifier reads the same label in input and output",
    "kin_confusions": "of the digits read as another, the share that stays within {3, 5, 8} or "
    "{4, 9}, which share codes in the paper; chance gives 0.09",
    "noise_share": "the part of the outputs' variance that the noise makes, not the code",
    "classifier_accuracy": "how often the classifier that reads the labels is right itself",
    "frechet": f"Fréchet {_QUALITY}",
    "frechet_floor": _FLOOR,
    "kernel": f"kernel (maximum mean discrepancy) {_QUALITY}",
    "kernel_floor": _FLOOR,
    "clustering_error": "each cluster stands for its most frequent class: the share of test images "
    "in another class's cluster",
    "kmeans_error": "the same of k-means on pixels, with as many clusters",
    "clusters_used": "clusters with at least a tenth of their even share of the images",
    "perplexity": "how many clusters are used in effect",
    "classification_error": "the share of test images whose category is not their class",
    "supervised_error": "the same of a small network that learns from the labelled images alone",
    "domain_reached": "how often a classifier takes the translation for the other domain",
    "way_back_diversity": "how far the pictures that come back of one input differ",
    "modes": "components that get at least 1 % of the samples",
    "places": "of the four points, those that get at least 1 % of the samples",
    "high_quality": "the share of samples within 4 sigma of the data",
    "within_mode_spread": "how wide the samples of a component lie, in sigmas; 1 is right",
    "code_used": "how often the code tells which component its sample lies in",
    "cluster_accuracy": "how often the code of a test point tells its component",
    "posterior_accuracy": "how often a nearest-neighbour classifier tells the true posterior from "
    "the model's; 0.5: never, a perfect match",
    "prior_distance": "sliced Wasserstein distance of the aggregated posterior from the prior",
    "prior_floor": "the same of two samples of the prior: the best that can be had",
    "way_back_mse": "mean squared error of what comes back, against the input",
    "diversity": "how far the pictures of one code differ: standard deviation over noise vectors",
    "edges_of_code": "F1 of the code's edges, against the true ones of the input",
    "edges_of_output": "F1 of the edges found in the output, against the code",
    "edges_chance": "edges of the code, against another image's: what chance gives",
    "edges_found": "edges found in the input, against its true ones: what finding them can reach",
    "speckle": _SPECKLE,
    "way_back_speckle": f"the same of the pictures that come back. {_SPECKLE}",
}
