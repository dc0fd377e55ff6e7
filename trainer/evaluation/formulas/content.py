"""What the code holds of a known factor, and what the noise decides.

Three shares, each 0 to 1: `carried` looks at the code (can the factor be read off it?), `kept` and
`noise_part` at the pictures decoded from it (does the factor of the input come back? how much of
it changes with the noise?). A factor is content if the first two are high and the third is low,
style if it is the other way round. A factor that neither code nor noise moves is low in all three.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from trainer.evaluation.formulas.arrays import double, integers, some
from trainer.evaluation.measurable import at_least
from trainer.inference.noise_share import noise_share

Kind = Literal["number", "class"]
Rows = NDArray[np.float64]
Index = NDArray[np.int64]

ROWS = 8000  # more make it slow and hardly better
FEWEST = 20
ROUNDS = 100  # of boosting a number; it stops where its own held-out tenth gains no more
CLASS_ROUNDS = 40  # without a held-out tenth, in which a rare class could be missing


def explained(features: Tensor, factor: Tensor, kind: Kind, seed: int = 0) -> float:
    """How well a factor [N] can be predicted from features [N, D], on a half not learned from.

    number: R^2 = 1 - squared error / variance, cut off at 0. class (integers): accuracy. Both lie
    in 0 to 1; `chance_level` is what no knowledge gives.

    The predictor is a ridge regression and boosted trees on top of it. A code may hold a factor
    along any line, which trees alone cut into steps and miss in many dimensions, or in any bent
    way, which no line finds. Neither has a step size to tune to a code, nor fails to converge.
    Raises CannotMeasureError for fewer than 20: a half is learned from, the other is predicted.
    """
    at_least(FEWEST, len(features), "test images")
    rows = some(len(features), ROWS, seed)
    known = double(features[rows.to(features.device)])
    wanted = factor[rows.to(factor.device)]
    order = np.random.default_rng(seed).permutation(len(known))
    learn, ask = order[: len(order) // 2], order[len(order) // 2 :]
    if kind == "class":
        return _accuracy(known, integers(wanted), learn, ask, seed)
    return _r_squared(known, double(wanted), learn, ask, seed)


def chance_level(factor: Tensor, kind: Kind) -> float:
    """What `explained` gives where nothing is known: 0, or the share of the largest class."""
    if kind == "number":
        return 0.0
    return float(np.unique(integers(factor), return_counts=True)[1].max() / len(factor))


def carried(codes: Tensor, factor: Tensor, kind: Kind, seed: int = 0) -> float:
    """How much of a factor [N] codes [N, D] carry: 0 at chance, 1 where it can be read off exactly.

    (explained - chance) / (1 - chance), cut off at 0: numbers and classes on one scale.
    """
    chance = chance_level(factor, kind)
    if chance == 1:  # one class only: there is nothing to carry
        return 0.0
    return max(0.0, (explained(codes, factor, kind, seed) - chance) / (1 - chance))


def kept(readings: Tensor, truth: Tensor) -> float:
    """How much of a factor of the pictures [N, D] comes from the inputs' own factor [N], 0 to 1.

    The squared correlation over all draws: D pictures of each input, a reading of each. Scale and
    offset do not count, so a probe that reads too little contrast does not lower it; 0 where
    either does not vary.
    """
    read = double(readings).ravel()
    true = np.repeat(double(truth), readings.shape[1])
    if read.std() == 0 or true.std() == 0:
        return 0.0
    return float(np.corrcoef(read, true)[0, 1] ** 2)


def noise_part(readings: Tensor) -> float:
    """Share of the variance of readings [N, D] that the noise makes: 0 none, 1 all of it.

    r[i, d] is read off the picture of input i under noise d; [N, D, F] adds up the variances of F
    readings, for instance a class as one-hot. See `noise_share`; 0 where nothing varies.
    """
    rows = double(readings.flatten(2) if readings.dim() > 2 else readings.unsqueeze(2))
    at_least(2, rows.shape[0], "test images")
    at_least(2, rows.shape[1], "draws of each image")
    within = rows.var(1, ddof=1).mean(0).sum()
    return float(noise_share(within, rows.mean(1).var(0, ddof=1).sum(), rows.shape[1]))


def _r_squared(known: Rows, wanted: Rows, learn: Index, ask: Index, seed: int) -> float:
    """Ridge, then trees on what it leaves over."""
    spread = wanted[ask].var()
    if spread == 0:
        return 0.0
    line = _scaled(Ridge()).fit(known[learn], wanted[learn])
    rest = wanted[learn] - line.predict(known[learn])
    trees = HistGradientBoostingRegressor(
        max_iter=ROUNDS, early_stopping=True, random_state=seed
    ).fit(known[learn], rest)
    wrong = wanted[ask] - line.predict(known[ask]) - trees.predict(known[ask])
    return float(max(0.0, 1 - np.square(wrong).mean() / spread))


def _accuracy(known: Rows, wanted: Index, learn: Index, ask: Index, seed: int) -> float:
    """Trees on the features and on the scores that ridge gives each class."""
    if len(np.unique(wanted[learn])) < 2:
        return float((wanted[ask] == wanted[learn][0]).mean())
    line = _scaled(RidgeClassifier()).fit(known[learn], wanted[learn])
    scores = line.decision_function(known).reshape(len(known), -1)  # two classes give one column
    both = np.hstack([known, scores])
    trees = HistGradientBoostingClassifier(
        max_iter=CLASS_ROUNDS, max_leaf_nodes=15, early_stopping=False, random_state=seed
    ).fit(both[learn], wanted[learn])
    return float(trees.score(both[ask], wanted[ask]))


def _scaled(model: Ridge | RidgeClassifier) -> Pipeline:
    return make_pipeline(StandardScaler(), model)
