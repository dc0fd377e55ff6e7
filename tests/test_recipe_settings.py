"""Settings of a recipe as they are typed: read by the type of their option, or refused by name."""

from __future__ import annotations

import pytest

from trainer.messages import UserError
from trainer.recipe.catalogue import CATALOGUE
from trainer.recipe.options import value_at


def test_settings_are_read_by_the_type_of_their_option() -> None:
    changed = CATALOGUE["mnist-10"].with_settings(
        ["code=12", "optim.ema=0.9", "discriminator_norm=False", "conditioning=invariant"]
    )
    model = changed.model
    assert (model.code, changed.optim.ema, model.discriminator_norm) == (12, 0.9, False)
    assert model.conditioning == "invariant"
    with pytest.raises(UserError, match="a word about the recipe"):
        changed.with_settings(["about.name=other"])
    assert CATALOGUE["mnist-10"].with_settings([]) == CATALOGUE["mnist-10"]


@pytest.mark.parametrize(
    ("name", "setting", "path"),
    [
        ("mnist-10", "critic_rate=0.5", "optim.discriminator_rate"),
        ("mnist-10", "r1=0.5", "objective.reconstruction.r1"),
        ("fiae-mnist", "r1=0.5", "objective.regularisation.r1"),
        ("fiae-toy", "code_noise=0.5", "objective.reconstruction.instance_noise"),
        ("shoes-l1", "distance_weight=0.5", "objective.reconstruction.weight"),
        ("faces", "variety=0.5", "objective.penalties.diversity_weight"),
    ],
)
def test_an_older_versions_names_of_options_still_work(name: str, setting: str, path: str) -> None:
    changed = CATALOGUE[name].with_settings([setting])
    assert value_at(changed, path) == 0.5
    assert changed == CATALOGUE[name].but({path: 0.5})


def test_a_name_that_stands_for_several_options_is_asked_about() -> None:
    with pytest.raises(UserError, match=r"weight could be .*reconstruction.*regularisation"):
        CATALOGUE["mog-iae"].with_settings(["weight=2"])


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("color=1", r"--set color=1.*Unknown recipe option 'color'.*batch.*paper"),
        ("paper", "--set paper: expected KEY=VALUE"),
        ("paper=yes", "paper is true or false, not 'yes'"),
        ("batch", r"--set batch: expected KEY=VALUE"),
        ("=3", r"--set =3: Unknown"),
        ("batch=", "batch is a whole number, not ''"),
        ("batch=2.5", "batch is a whole number, not '2.5'"),
        ("ema=high", "ema is a number, not 'high'"),
        ("ema=nan", "ema is a number"),
        ("discriminator_norm=maybe", "discriminator_norm is true or false, not 'maybe'"),
        ("networks=huge", "no family of networks 'huge'. Choose one of: toy"),
        ("batch=1", "batch must be at least 2"),
    ],
)
def test_bad_settings_are_refused_with_the_cause(setting: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        CATALOGUE["mnist-10"].with_settings([setting])
