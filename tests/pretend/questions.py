"""Questions to a model, as the window asks them, and what is in the answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np

from tests.tiny import pictures_of
from trainer.exploring.questions.base import Circumstances, Question
from trainer.exploring.questions.clusters import InputCategories
from trainer.exploring.questions.directions import ALL, HERE, RAW, WhichDirections, WhichStrips
from trainer.exploring.questions.figure import LayOut
from trainer.exploring.questions.keeping import KeepAndDraw
from trainer.exploring.questions.map import Place
from trainer.exploring.questions.pad import DrawnCode
from trainer.exploring.questions.pictures import WhereNoiseActs
from trainer.exploring.questions.style import Arithmetic, Interpolation, Walk
from trainer.inference.snapshot import Snapshot
from trainer.messages import Probe, column_seeds


def asked(snapshot: Snapshot, question: Question[Any]) -> Any:
    """The answer."""
    assert isinstance(question.answered_by, str)
    module, _, name = question.answered_by.partition(":")
    return getattr(import_module(module), name)(snapshot, question, Circumstances())


def questions_to(snapshot: Snapshot) -> Iterator[Question[Any]]:
    """Those that make sense of a model of images, and need no data."""
    recipe = snapshot.recipe
    pictures = pictures_of(recipe, 3)
    probe = Probe(1, pictures[:2], column_seeds(2, 3), noise_scale=0.8, code_offsets=(0.5, -1.0))
    one = replace(probe, images=pictures[:1], noise_seeds=probe.noise_seeds[:1])
    other = replace(one, noise_seeds=column_seeds(9, 1))
    yield WhichDirections(one, HERE, HERE)
    yield WhichDirections(one, ALL if recipe.translates else RAW, ALL)
    yield WhichStrips(one, (0, 1), (0, 1))
    yield WhereNoiseActs(one, 4)
    yield Walk(one)
    yield LayOut(probe)
    yield KeepAndDraw(probe)
    yield Place(pictures)
    if recipe.translates:
        yield DrawnCode(pictures[0], probe)
        return
    yield Interpolation(one, other)
    yield Arithmetic((one, other), one)
    if recipe.categorical:
        yield InputCategories(pictures[0], (1, 2))
        yield KeepAndDraw(probe, clusters=True)


def numbers(answer: Any) -> Iterator[np.ndarray]:
    """All arrays in an answer."""
    if isinstance(answer, np.ndarray):
        yield answer
    elif isinstance(answer, list | tuple):
        for each in answer:
            yield from numbers(each)
    elif is_dataclass(answer):
        for field in fields(answer):
            yield from numbers(getattr(answer, field.name))
