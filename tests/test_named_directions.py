"""Names of directions: kept by the recipe, read with suspicion."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.named_directions import (
    ASIDE,
    FILE,
    Named,
    NamedDirections,
    read_names,
    write_names,
)
from trainer.recipe.catalogue import CATALOGUE

SLANT = Named("slant", "code", (0.1, -0.25, 1e-7))
HUE = Named("hue", "noise", (1.0, 0.0))


def test_names_come_back_as_they_were(tmp_path: Path) -> None:
    assert read_names(tmp_path) == {}
    kept = {"drawn-10": (SLANT, HUE), "mine": (HUE,)}
    write_names(kept, tmp_path / "deep")
    assert read_names(tmp_path / "deep") == kept
    assert [each.name for each in (tmp_path / "deep").iterdir()] == [FILE]


GOOD = {"name": "slant", "side": "code", "axis": [1.0, 2.0]}


@pytest.mark.parametrize(
    "wrong",
    [
        *("", "{", "null", "[]", "[" * 100_000),
        {"format": 2, "names": {}},
        {"format": 1, "names": []},
        {"format": 1, "names": {"a": {}}},
        {"format": 1, "names": {"a": [GOOD] * 33}},
        *(
            {"format": 1, "names": {"a": [{**GOOD, **other}]}}
            for other in (
                *({"name": ""}, {"name": "x" * 41}, {"name": 5}, {"side": "both"}),
                *({"axis": []}, {"axis": ["1"]}, {"axis": [True]}, {"axis": [1e9]}),
                *(
                    {"axis": [float("nan")]},
                    {"axis": [10**400]},
                    {"axis": [0.0] * 4097},
                    {"axis": 3},
                ),
            )
        ),
    ],
)
def test_what_is_damaged_or_foreign_is_set_aside(tmp_path: Path, wrong: object) -> None:
    text = wrong if isinstance(wrong, str) else json.dumps(wrong)
    (tmp_path / FILE).write_text(text)
    assert read_names(tmp_path) == {}
    assert (tmp_path / ASIDE).read_text() == text and not (tmp_path / FILE).exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_its_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FILE)
    assert read_names(tmp_path) == {}


def test_a_disk_that_refuses_costs_the_names_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    write_names({"a": (SLANT,)}, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_name_belongs_to_its_recipe_and_is_changed_and_taken_away(state) -> None:
    names = NamedDirections(state.displayed)
    names.give("code", (1.0, 2.0), "  slant \n of it ")
    assert names.name_of("code", (1.0, 2.0)) == "slant of it"
    assert names.name_of("noise", (1.0, 2.0)) == "" and names.of("code", 3) == []
    names.give("code", (3.0, 4.0), "width")
    names.give("code", (1.0, 2.0), "slant")
    assert [each.name for each in names.of("code", 2)] == ["slant", "width"]
    state.displayed.select(DisplayedModel(CATALOGUE["mnist-10-small"]))
    assert names.of("code", 2) == []
    state.displayed.select(DisplayedModel(CATALOGUE["drawn-10"]))
    names.give("code", (1.0, 2.0), " ")
    assert [each.name for each in names.of("code", 2)] == ["width"]


def test_what_is_named_before_the_file_is_read_stays(state) -> None:
    reads: list[object] = []

    def submit(job, then=None, otherwise=None, newest=""):
        if then is not None:
            reads.append(then)

    names = NamedDirections(state.displayed, submit)
    names.give("code", (1.0,), "new")
    (then,) = reads
    then({"drawn-10": (Named("old", "code", (1.0,)), Named("other", "code", (2.0,)))})
    assert [each.name for each in names.of("code", 1)] == ["other", "new"]
