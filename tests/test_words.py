"""What the window says of a recipe: its group, its drawing, its columns, its hints."""

from __future__ import annotations

import json

import pytest

from iae_studio.views import words
from iae_studio.widgets.diagram import Plan
from tests.tiny import ROOT
from trainer.evaluation.better import MEANINGS
from trainer.messages import ModelFacts
from trainer.recipe.catalogue import CATALOGUE


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("drawn-10", "iae"),
        ("faces-small", "cycleiae"),
        ("fiae-mnist-small", "fiae"),
        ("mog-gan", "baseline"),
        ("vae-small", "baseline"),
        ("aae-small", "baseline"),
        ("shoes-l1-small", "baseline"),
    ],
)
def test_a_recipe_stands_under_its_model_and_baselines_by_themselves(name: str, group: str) -> None:
    assert words.group_of(CATALOGUE[name]) == group
    assert words.groups()[group]


def test_each_recipe_of_the_list_has_a_group_and_a_short_figure() -> None:
    for recipe in CATALOGUE.values():
        assert words.group_of(recipe) in words.groups()
        assert len(words.short_figure(recipe)) <= 5, recipe.about.figure
    figures = {words.short_figure(recipe) for recipe in CATALOGUE.values()}
    assert "6" in figures and any(figure.startswith("§ ") for figure in figures)
    assert words.short_title(CATALOGUE["mnist-10"]) == CATALOGUE["mnist-10"].about.title


PLANS = {
    "drawn-10": Plan("x", "z 10", False, True, "", "n 32", "reconstruction", True, "prior"),
    "vae-small": Plan(
        *("x", "z 10", False, True, "mean, std", "", "Euclidean distance", False),
        "prior, by divergence",
    ),
    "mnist-clusters-small": Plan(
        "x", "1 of 30", False, True, "", "n 10", "reconstruction", True, "prior"
    ),
    "faces-small": Plan("A", "B", False, True, "ε 32", "", "reconstruction", True, "domain B"),
    "shoes-small": Plan("A", "B", False, True, "", "n 32", "reconstruction", True, "edges"),
    "fiae-mnist-small": Plan("z 15", "x", True, True, "", "", "reconstruction", True, "data"),
    "mog-gan": Plan("1 of 7", "x", True, False, "n 10", target="data"),
}


@pytest.mark.parametrize("name", PLANS)
def test_the_drawing_shows_what_goes_where(name: str) -> None:
    recipe = CATALOGUE[name]
    assert words.plan_of(recipe) == PLANS[name]
    assert ("encoder" in words.plan_tip(recipe)) is (recipe.model_spec.source == "data")


def test_columns_are_named_after_the_noise_that_differs() -> None:
    assert words.heads(CATALOGUE["mnist-det-small"]) == ["x → z → x"]
    assert words.heads(CATALOGUE["drawn-10"]) == [f"n{k}" for k in range(1, 9)]
    assert words.heads(CATALOGUE["faces-small"]) == [f"ε{k}" for k in range(1, 7)]
    assert words.heads(CATALOGUE["vae-small"])[0] == "ε1"


def test_one_line_tells_what_is_shown() -> None:
    def told(name: str, way_back: bool = False, columns: int = 8) -> str:
        return words.about(CATALOGUE[name], way_back, columns)

    lines = [
        *(told("drawn-10"), told("mnist-det-small"), told("fiae-mnist-small")),
        *(told("faces-small"), told("faces-small", way_back=True), told("shoes-small")),
        words.about_clusters(CATALOGUE["mnist-clusters-small"]),
    ]
    assert len(set(lines)) == len(lines)
    assert "to n12 only" in told("drawn-10", columns=12)
    assert lines[0].startswith("x → z → x: one code") and "30 categories" in lines[-1]
    assert told("shoes-small", way_back=True) == told("shoes-small")
    assert lines[5].startswith("A → B → A: the code is a picture")


def facts(step: int = 1, shape: object = (28, 28, 1), **known: object) -> ModelFacts:
    known = {"noise": 0, "code_spread": (0.5,), "categorical": False, **known}
    return ModelFacts("name", step, shape, 10, **known)


def test_the_sliders_say_what_they_move_or_why_there_are_none() -> None:
    iae, flipped = CATALOGUE["drawn-10"], CATALOGUE["fiae-toy"]
    hint = words.code_hint
    assert "column “code”" in hint(facts(translates=True), iae)
    assert "columns ε1" in hint(facts(translates=True, encoder_noise=3), iae)
    assert "a point" in hint(facts(shape=None), flipped)
    assert "colours" in hint(facts(shape=None), iae)
    assert "10 categories" in hint(facts(categorical=True), iae)
    assert "Moves every row" in hint(facts(), iae)
    assert "need its data" in hint(facts(code_spread=()), iae)
    assert "untrained" in hint(facts(code_spread=(), step=0), iae)


def test_the_noise_is_said_to_enter_where_it_does() -> None:
    iae, gan, hint = CATALOGUE["drawn-10"], CATALOGUE["mog-gan"], words.noise_hint
    assert hint(facts(noise=3, encoder_noise=3), iae).startswith("Enters the decoder (n)")
    assert hint(facts(noise=3, encoder_noise=3), gan).startswith("Enters the generator (n)")
    assert hint(facts(noise=3), gan).startswith("Enters the generator:")
    assert hint(facts(noise=3), iae).startswith("What the decoder adds")
    assert "many translations" in hint(facts(encoder_noise=3, translates=True), iae)
    assert "a cloud" in hint(facts(encoder_noise=3), iae)
    assert "no noise" in hint(facts(), iae)
    assert words.sees((28, 32, 3)) == "32 × 28 px in colour"
    assert words.sees((28, 28, 1)) == "28 × 28 px in grey"


@pytest.mark.parametrize(
    "name, title",
    [
        ("mnist-10-small", "IAE"),
        ("aae-small", "AAE"),
        ("vae-small", "VAE"),
        ("infogan-toy", "InfoGAN"),
        ("fiae-toy", "FIAE"),
        ("mog-gan", "GAN"),
        ("shoes-l1-small", "CycleIAE"),
    ],
)
def test_a_baseline_is_called_by_its_own_name(name: str, title: str) -> None:
    assert CATALOGUE[name].model_title == title


def test_every_measure_is_told_in_words() -> None:
    """A measure that has no words shows its name in the program in their place."""
    known: set[str] = set()
    for result in (ROOT / "docs" / "results").glob("*/*.json"):
        known |= set(json.loads(result.read_text())["metrics"])
    old = {"judge_accuracy"}  # in results of earlier versions
    assert known - set(MEANINGS) == old | {"factors", "recipe", "step"}
