"""t-SNE in stages: what is apart stays apart, always alike, and can be left."""

from __future__ import annotations

import numpy as np
import pytest

from tests.test_map import blobs, painter
from trainer.exploring.neighbourhoods import stage
from trainer.exploring.questions.base import Circumstances
from trainer.exploring.questions.map import STAGES, Neighbourhoods


def test_blobs_stay_apart_and_the_map_is_the_same_each_time() -> None:
    codes, which = blobs()
    snapshot, places = painter(), None
    for number in range(3):
        question = Neighbourhoods(codes, number, places)
        before, places = places, stage(snapshot, question, Circumstances())
        if before is not None:
            assert np.abs(places - before).max() > 0
    np.testing.assert_array_equal(stage(snapshot, question, Circumstances()), places)
    assert places is not None
    middles = np.stack([places[which == k].mean(0) for k in range(3)])
    near = np.linalg.norm(places[:, None] - middles, axis=-1).argmin(1)
    assert (near == which).all()
    assert STAGES > 3


def test_who_gives_up_does_not_wait_for_the_next_stage() -> None:
    def leave(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        stage(painter(), Neighbourhoods(blobs()[0]), Circumstances(progress=leave))


def test_a_few_codes_and_equal_ones_have_neighbourhoods() -> None:
    for codes in (np.eye(4, dtype=np.float32), np.ones((6, 3), np.float32)):
        assert np.isfinite(stage(painter(), Neighbourhoods(codes), Circumstances())).all()
