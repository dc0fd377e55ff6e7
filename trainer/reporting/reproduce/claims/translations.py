"""CycleIAEs: from edges to shoes, and from one kind of face to another."""

from __future__ import annotations

from trainer.reporting.reproduce.claims.shared import DIVERSITY, FACES, SPECKLE, of_catalogue
from trainer.reporting.reproduce.trials import Claim, Measure, Trial

WAY_BACK = Measure("way_back_mse", "way back, mse")
SHOES = "shoes64.zip"
IN_COLOUR = ("size=32", "colour=true")

TRANSLATIONS = (
    Claim(
        "Edges to shoes: one outline, many shoes",
        "Fig. 8: the outline is the code, the style is noise; with L1 in the pair discriminator's "
        "place the noise is ignored.",
        (
            *of_catalogue("shoes", "shoes-l1", "shoes-64", "shoes-small", "shoes-l1-small"),
            Trial("shoes64", "shoes-small", IN_COLOUR, SHOES, note="photos", pictures=False),
            Trial("shoes64-l1", "shoes-l1-small", IN_COLOUR, SHOES, note="photos", pictures=False),
        ),
        (
            Measure(
                "edges_of_code",
                "edges: code against input, F1",
                yardstick="edges_chance",
                against="another image's edges",
            ),
            Measure(
                "edges_of_output",
                "edges: output against code, F1",
                yardstick="edges_found",
                against="edges found in the input",
            ),
            DIVERSITY,
            SPECKLE,
            WAY_BACK,
        ),
        seeds=1,
    ),
    Claim(
        "Female to male: many counterparts for a face, and all lead back to it",
        "Fig. 9: many male faces for a female one; the way back returns her almost perfectly. A "
        "discriminator of the output alone returns a random face.",
        (
            *of_catalogue("faces", "faces-marginal", "faces-64", "faces-small"),
            Trial(
                "faces-small-objective",
                "faces-small",
                ("diversity_weight=0", "euclidean=0", "euclidean_until=0.5", "steps=6000"),
                note="the paper's objective alone, with our training, 6,000 steps",
            ),
            Trial(
                "faces-marginal-small",
                "faces-marginal-small",
                ("steps=6000",),
                note="the same with a discriminator of the output alone, 6,000 steps",
            ),
            Trial("faces64", "faces-small", IN_COLOUR, FACES, note="photos", pictures=False),
        ),
        (
            WAY_BACK,
            DIVERSITY,
            Measure("way_back_diversity", "diversity of the way back"),
            SPECKLE,
            Measure("way_back_speckle", "speckle of the way back"),
            Measure("domain_reached", "taken for the other domain", True),
        ),
        seeds=1,
    ),
)
