"""What the paper shows or reports, and the trials of ours that answer it."""

from __future__ import annotations

from trainer.messages import UserError
from trainer.reporting.reproduce.trials import Claim, Measure, Trial

MSE = Measure("mse", "mse", yardstick="pca_mse", against="as many principal components")
LABEL = Measure("label_agreement", "label kept", True)
DIVERSITY = Measure("diversity", "diversity")
SHARE = Measure("noise_share", "noise share")
KIN = Measure("kin_confusions", "of the confusions, within {3, 5, 8} or {4, 9}", True)
CLUSTERS = Measure("clustering_error", "error", True, "kmeans_error", "k-means, as many clusters")
USED = Measure("clusters_used", "clusters used")
CLASSES = Measure(
    "classification_error", "error", True, "supervised_error", "a supervised net, same labels"
)
WAY_BACK = Measure("way_back_mse", "way back, mse")
SPECKLE = Measure("speckle", "speckle")
METERS, FACES, SHOES = "meterdigits32.zip", "faces64.zip", "shoes64.zip"
LETTER = ("paper=true",)
# R1, noise for the discriminators, averaged weights and no batch norm in the discriminators remain.
OBJECTIVE = (
    *("warm=0", "augment=0", "consistency=0", "balance=0", "mismatched=0", "mismatched_last=0"),
    *("encoder_rate=1", "generator_rate=5e-4"),
)
TO_THE_LETTER = "to the letter: without our additions"
IN_COLOUR = ("size=32", "colour=true")


def _trials(*names: str) -> tuple[Trial, ...]:
    return tuple(Trial(name, name) for name in names)


CLAIMS = (
    Claim(
        "MNIST: the smaller the code, the more abstract",
        "Fig. 2: with a code of 20 and no noise reconstructions are almost perfect; with 10 and a "
        "noise of 100 they keep the digit and vary its style; with 5 the digits {3, 5, 8} and "
        "{4, 9} begin to share codes.",
        (
            *_trials("mnist-det", "mnist-10", "mnist-5"),
            *_trials("mnist-det-small", "mnist-10-small", "mnist-5-small"),
        ),
        (MSE, LABEL, DIVERSITY, SHARE, KIN),
    ),
    Claim(
        "Drawn digits: the same where every style is known",
        "Not in the paper.",
        _trials("drawn-10"),
        (MSE, LABEL, DIVERSITY, SHARE),
        seeds=1,
    ),
    Claim(
        "MNIST: 30 clusters without labels",
        "Fig. 6: about 5 % error, each cluster matched to a digit.",
        (
            *_trials("mnist-clusters", "mnist-clusters-small"),
            Trial(
                "mnist-clusters-small-letter",
                "mnist-clusters-small",
                (*LETTER, "steps=4500"),
                note=f"{TO_THE_LETTER}, 4,500 steps",
            ),
            Trial(
                "mnist-clusters-small-objective",
                "mnist-clusters-small",
                OBJECTIVE,
                note="the paper's objective alone, with our training",
            ),
        ),
        (CLUSTERS, USED),
    ),
    Claim(
        "MNIST: 100 labels",
        "Text: 1.40 % error (AAE 1.90 %, Improved-GAN 0.93 %).",
        (
            *_trials("mnist-semi", "mnist-semi-small"),
            Trial(
                "mnist-semi-small-letter",
                "mnist-semi-small",
                (*LETTER, "label_weight=1", "steps=3500"),
                note=f"{TO_THE_LETTER}, 3,500 steps",
            ),
        ),
        (CLASSES,),
    ),
    Claim(
        "MNIST flipped: 10 clusters",
        "Text: a FIAE with 10 categories has about 2 % error.",
        _trials("fiae-clusters", "fiae-clusters-small"),
        (CLUSTERS, USED),
    ),
    Claim(
        "MNIST flipped: reconstructions of a GAN that never saw pairs",
        "Fig. 13: test images through a code of 15 and back.",
        _trials("fiae-mnist", "fiae-mnist-small"),
        (MSE, LABEL),
    ),
    Claim(
        "House numbers: the middle digit is content, its neighbours are style",
        "Fig. 3: with a code of 150 and no noise near perfect; with 75 and a noise of 1000 the "
        "middle digit stays and the side digits are invented. Text: 9.80 % error with 1000 labels "
        "(AAE 17.70 %, Improved-GAN 8.11 %).",
        (
            *_trials("svhn-det", "svhn-75", "svhn-semi"),
            *_trials("svhn-det-small", "svhn-75-small", "svhn-semi-small"),
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
            *_trials("celeba-det", "celeba-50", "celeba-det-small", "celeba-50-small"),
            Trial("faces64-16", "celeba-50-small", images=FACES, note="photos", pictures=False),
        ),
        (MSE, LABEL, DIVERSITY, SHARE, SPECKLE),
        seeds=1,
    ),
    Claim(
        "Edges to shoes: one outline, many shoes",
        "Fig. 8: the outline is the code, the style is noise; with L1 in the pair discriminator's "
        "place the noise is ignored.",
        (
            *_trials("shoes", "shoes-l1", "shoes-64", "shoes-small", "shoes-l1-small"),
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
            *_trials("faces", "faces-marginal", "faces-64", "faces-small"),
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
    Claim(
        "Seven Gaussians: every component is one code",
        "Fig. 5: a GAN ignores its one-hot input and interpolates between the modes; in an IAE "
        "every component of the mixture is one code.",
        _trials("mog-iae", "mog-gan"),
        (
            Measure("high_quality", "samples within 4 sigma", True),
            Measure("modes", "modes"),
            Measure("cluster_accuracy", "codes of points that name the component", True),
            Measure("code_used", "one-hot inputs that do (chance: 14 %)", True),
        ),
        seeds=20,
    ),
    Claim(
        "Four points: posteriors of any form that tile the prior",
        "Figs. 11 and 12: InfoGAN's factorised posteriors overlap and leave gaps; the FIAE's have "
        "free forms and fill the prior.",
        _trials("fiae-toy", "fiae-toy-plain", "infogan-toy"),
        (
            Measure("posterior_accuracy", "told from the true posterior (0.5: never)"),
            Measure(
                "prior_distance",
                "q(z) to the prior",
                yardstick="prior_floor",
                against="two samples of the prior",
            ),
            Measure("high_quality", "samples within 4 sigma", True),
        ),
        seeds=20,
    ),
    Claim(
        "Baselines: what stands in for the reconstruction GAN",
        "Section 2: with a Euclidean error the IAE is an adversarial autoencoder; with factorised "
        "Gaussians on both sides a VAE.",
        _trials("aae-small", "vae-small"),
        (
            MSE,
            LABEL,
            Measure(
                "frechet",
                "Fréchet distance",
                yardstick="frechet_floor",
                against="other test images",
            ),
        ),
        seeds=1,
    ),
)
TRIALS = {trial.name: trial for claim in CLAIMS for trial in claim.trials}


def find_trial(name: str) -> Trial:
    """The trial of that name. Raises UserError naming those that exist."""
    try:
        return TRIALS[name]
    except KeyError:
        raise UserError(f"There is no trial {name!r}. Choose from: {', '.join(TRIALS)}.") from None
