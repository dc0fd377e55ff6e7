"""Measures of CycleIAE: what a translation keeps, what it varies, and the way back."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from trainer.data.dataset import DataSet, Rows
from trainer.data.edge_detection import find_edges
from trainer.evaluation.formulas.edge_agreement import chance_f1, edge_f1
from trainer.evaluation.measurable import Figures, at_least, finite, some_of
from trainer.evaluation.measures.reconstructions import BATCH, DRAWS
from trainer.evaluation.reference_classifier import ReferenceClassifier
from trainer.evaluation.specs import MEASURES, MeasureSpec, Subject
from trainer.inference.snapshot import Snapshot

TEST_IMAGES = 500
EDGES = ["edges_of_code", "edges_of_output", "edges_chance", "edges_found"]


@torch.inference_mode()
def evaluate_translations(
    snapshot: Snapshot, data: DataSet, classifier: ReferenceClassifier | None, seed: int = 0
) -> dict[str, Any]:
    """On up to 500 test images, chosen at random, 8 noise draws each, pixels in [0, 1].

    way_back_mse: mean squared error of x -> code -> x.
    diversity: standard deviation over the draws of the stochastic map, the mean over pixels and
        images: of the decoder's pictures at a fixed code, or of the codes of a fixed image.
        way_back_diversity: in the latter case that of the pictures that come back.
    Where the second domain is edges, F1 within one pixel: edges_of_code, the code against the
    input's true edges; edges_of_output, edges found in the output against the code; edges_chance,
    the first with another image's; edges_found, edges found in the input against its true ones,
    the best that edges_of_output can be expected to reach.
    Where both are photographs: domain_reached, the share of codes that a classifier takes for the
    second domain; classifier_accuracy, how often it is right itself.
    """
    rng = torch.Generator().manual_seed(seed)
    test = some_of(data.test, TEST_IMAGES)
    figures = Figures()
    with figures.measuring(*_of_the_model(snapshot, classifier)):
        at_least(1, len(test), "test images")
        codes, pictures = _draws(snapshot, test.images, rng)
        x = test.images.float() / 255
        varies_code = snapshot.recipe.varies_code
        figures["way_back_mse"] = round((pictures - x).square().mean().item(), 5)
        figures["diversity"] = round(_diversity(codes if varies_code else pictures), 4)
        if varies_code:
            figures["way_back_diversity"] = round(_diversity(pictures), 4)
        if _has_edges(snapshot):
            _edges(figures, test, codes[0], pictures)
        if classifier is not None:
            flat = codes.flatten(0, 1).to(snapshot.device)
            read = torch.cat([classifier.read(part) for part in flat.split(BATCH)])
            figures["domain_reached"] = round((read == 1).float().mean().item(), 4)
    if classifier is not None:
        figures["classifier_accuracy"] = round(classifier.accuracy, 4)
    figures["images"] = len(test)
    return figures


def _has_edges(snapshot: Snapshot) -> bool:
    return snapshot.recipe.data.second == "edges" and not snapshot.recipe.data.images_b


def _of_the_model(snapshot: Snapshot, classifier: ReferenceClassifier | None) -> list[str]:
    """The figures that need a translation."""
    names = ["way_back_mse", "diversity"]
    names += ["way_back_diversity"] * snapshot.recipe.varies_code
    names += EDGES * _has_edges(snapshot)
    return names + ["domain_reached"] * (classifier is not None)


def _draws(snapshot: Snapshot, images: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Codes and pictures that come back, both [8, N, C, H, W]."""
    model, device = snapshot.model, snapshot.device
    codes, pictures = [], []
    for rows in images.split(BATCH // DRAWS):
        x = (rows.float() / 255).to(device)
        z = [model.encode(x, model.eps.sample(len(x), rng).to(device)) for _ in range(DRAWS)]
        back = [model.decode(each, model.noise.sample(len(x), rng).to(device)) for each in z]
        codes.append(torch.stack(z).cpu())
        pictures.append(torch.stack(back).cpu())
    return finite(torch.cat(codes, 1), "codes"), finite(torch.cat(pictures, 1), "pictures")


def _diversity(draws: Tensor) -> float:
    return draws.std(0).mean().item()


def _edges(figures: Figures, test: Rows, codes: Tensor, pictures: Tensor) -> None:
    found = find_edges(test.images).float() / 255
    true = found if test.edges is None else test.edges.float() / 255
    outlines = find_edges((pictures[0] * 255).round().to(torch.uint8)).float() / 255
    figures["edges_of_code"] = round(edge_f1(codes, true), 4)
    figures["edges_of_output"] = round(edge_f1(outlines, codes), 4)
    with figures.measuring("edges_chance"):
        figures["edges_chance"] = round(chance_f1(codes, true), 4)
    figures["edges_found"] = round(edge_f1(found, true), 4)


def _measured(subject: Subject) -> dict[str, Any]:
    unread, classifier = Figures(), None
    with unread.measuring("domain_reached", "classifier_accuracy"):
        classifier = subject.domain_classifier
    found = evaluate_translations(subject.snapshot, subject.data, classifier, subject.seed)
    figures = Figures(found)
    figures.add(unread)
    return figures


MEASURES.register(
    MeasureSpec(
        "translations",
        applies=lambda recipe, data: recipe.translates,
        measure=_measured,
        order=0,
    )
)
