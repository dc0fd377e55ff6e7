"""House numbers and faces."""

from __future__ import annotations

from trainer.reporting.reproduce.claims.shared import (
    CLASSES,
    DIVERSITY,
    FACES,
    LABEL,
    MSE,
    SHARE,
    SPECKLE,
    of_catalogue,
)
from trainer.reporting.reproduce.trials import Claim, Trial

METERS = "meterdigits32.zip"

COLOUR = (
    Claim(
        "House numbers: the middle digit is content, its neighbours are style",
        "Fig. 3: with a code of 150 and no noise near perfect; with 75 and a noise of 1000 the "
        "middle digit stays and the side digits are invented. Text: 9.80 % error with 1000 labels "
        "(AAE 17.70 %, Improved-GAN 8.11 %).",
        (
            *of_catalogue("svhn-det", "svhn-75", "svhn-semi"),
            *of_catalogue("svhn-det-small", "svhn-75-small", "svhn-semi-small"),
            Trial("meters-det", "svhn-det-small", (), METERS, "photos of meter digits", False),
            Trial("meters-16", "svhn-75-small", (), METERS, "photos of meter digits", False),
            Trial(
                "meters-semi",
                "svhn-semi-small",
                ("labels=500",),
                METERS,
                note="photos of meter digits, 500 labels",
                pictures=False,
            ),
        ),
        (MSE, LABEL, DIVERSITY, SHARE, SPECKLE, CLASSES),
        seeds=1,
    ),
    Claim(
        "Faces: the shape of the head is content, glasses and smile are style",
        "Fig. 4: with a code of 150 and no noise near perfect; with 50 and a noise of 1000 the "
        "shape of a face stays; glasses, moustache and smile come from the noise.",
        (
            *of_catalogue(
                "celeba-det", "celeba-50", "celeba-det-small", "celeba-50-small", "celeba-64"
            ),
            Trial("faces64-16", "celeba-50-small", images=FACES, note="photos", pictures=False),
        ),
        (MSE, LABEL, DIVERSITY, SHARE, SPECKLE),
        seeds=1,
    ),
)
