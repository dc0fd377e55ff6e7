"""Figure 12: without noise in the generator the posteriors do not overlap, and tile the prior."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from iae_studio.state.model_files import SHIPPED
from tests.tiny import CPU, recipe_of, snapshot_of
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.twin import TwinCloud
from trainer.exploring.twin import twin_cloud
from trainer.inference.model_files import load_snapshot
from trainer.inference.render import sample_cloud
from trainer.messages import Cloud
from trainer.recipe.catalogue import CATALOGUE


def apart(cloud: Cloud) -> float:
    """How well the place of a point is read off the code of another one near it."""
    assert cloud.codes is not None and cloud.place is not None
    reader = KNeighborsClassifier(9).fit(cloud.codes[::2], cloud.place[::2])
    return float(reader.score(cloud.codes[1::2], cloud.place[1::2]))


def test_the_twins_differ_in_the_generators_noise_alone() -> None:
    with_noise, without = CATALOGUE["fiae-toy"], CATALOGUE["fiae-toy-plain"]
    assert with_noise.but(noise=0).to_mapping() | {"about": 0} == without.to_mapping() | {
        "about": 0
    }


@pytest.mark.parametrize(
    ("name", "least", "most"), [("fiae-toy", 0.5, 0.8), ("fiae-toy-plain", 0.95, 1)]
)
def test_without_noise_the_posteriors_do_not_overlap(name, least, most) -> None:
    shown = snapshot_of(recipe_of("fiae-toy"), steps=1)
    cloud = twin_cloud(shown, TwinCloud(SHIPPED[name], 3), Circumstances())
    assert least < apart(cloud) <= most
    assert cloud.codes is not None and cloud.prior is not None
    for of_codes, of_prior in ((np.mean, 0.0), (np.std, 1.0)):
        assert of_codes(cloud.codes, axis=0) == pytest.approx([of_prior] * 2, abs=0.2)
    same = sample_cloud(load_snapshot(SHIPPED[name], CPU), 0, 3)
    np.testing.assert_array_equal(cloud.codes, same.codes)
