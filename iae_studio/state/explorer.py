"""The exploring half of the session: the inputs, and the pictures that answer them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from iae_studio.state.inputs import Input, Inputs, Sight, sight_of
from iae_studio.state.query import Dials
from trainer.messages import (
    Cloud,
    Clusters,
    ModelFacts,
    Pixels,
    Probe,
    Rendering,
)
from trainer.recipe.recipe import Recipe


class Explorer(Dials):
    """What is asked of the shown model, and what it answered."""

    factsChanged = Signal(ModelFacts)
    inputsChanged = Signal()
    probeChanged = Signal(Probe, bool)  # the bool asks for clusters in place of reconstructions
    rendered = Signal(Rendering)
    previewed = Signal(Rendering)  # the first row of an answer that is still on its way
    clouded = Signal(Cloud)
    clustered = Signal(Clusters)

    filesWanted = Signal(object, object)  # list[Path], Sight
    testImagesWanted = Signal(Recipe, int)  # recipe, seed
    sketchWanted = Signal(object, object)  # uint8 [H, W], Sight
    sightWanted = Signal(object, object)  # list[Input] to see anew, Sight
    sheetWanted = Signal(object)  # Path

    def __init__(self, recipe: Recipe, parent: QObject | None = None) -> None:
        super().__init__(recipe, parent)
        self.facts: ModelFacts | None = None
        self._inputs = Inputs(sight_of(recipe) or Sight((28, 28, 1), True))
        self.inputs: list[Input] = []
        self.rendering: Rendering | None = None
        self.rendered_inputs: tuple[Input, ...] = ()  # those that `rendering` is about
        self.clusters: Clusters | None = None
        self._tests = 0
        self._tests_of: tuple[object, ...] | None = None
        self.awaits_tests = False
        self._had_tests = False  # and lost them, because they were made for another network
        self._stamp = 0
        self._oldest = 0  # answers to earlier questions are about other images or models

    # ---- which model -------------------------------------------------------------------------

    def look_with(self, recipe: Recipe) -> None:
        """Explore another recipe; what the user brought is seen anew where it sees otherwise."""
        changed = recipe != self.recipe
        self.recipe = recipe
        self.rendering, self.clusters = None, None
        if changed:
            self._rest()
        sight = sight_of(recipe)
        if sight is not None and sight != self._inputs.sight:
            self._had_tests = self._had_tests or self._inputs.has_tests()
            self._inputs.see_as(sight)
            self._take_over()
            self._see_strangers()

    def renew_tests(self) -> None:
        """Test images of the data now shown, unless the user sent the last ones away."""
        if self.recipe.two_dimensional or _data_of(self.recipe) == self._tests_of:
            return
        had = self._had_tests or self._inputs.has_tests()
        # Those on their way were asked for by the recipe before, and will not fit this one.
        if had or self.awaits_tests or not len(self._inputs):
            self.want_test_images()

    @property
    def sight(self) -> Sight:
        """How the shown network, or the last one of images, sees."""
        return self._inputs.sight

    def set_facts(self, facts: ModelFacts) -> None:
        """The render thread loaded a model, or newer weights of it."""
        known = self.facts
        self.facts = facts
        if known is None or known != replace(facts, step=known.step):
            self.factsChanged.emit(facts)

    # ---- inputs ------------------------------------------------------------------------------

    def add_inputs(self, inputs: list[Input]) -> None:
        """New images go on top; the oldest fall off the end."""
        if inputs:
            self._inputs.add(inputs)
            self._inputs_changed()
            self._see_strangers()

    def replace_tests(self, inputs: list[Input]) -> None:
        """New test images, unless another recipe is shown by now, whose own are on their way."""
        if all(known.sight == self.sight for known in inputs):
            self.awaits_tests = False
            self._inputs.replace_tests(inputs)
            self._inputs_changed()

    def set_awaits_tests(self, awaits: bool) -> None:
        """Test images are on their way; or they cannot be had."""
        self.awaits_tests = awaits
        self.inputsChanged.emit()

    def sketch(self, drawing: Pixels) -> None:
        """Read a drawing off this thread; it comes back by `set_sketch`."""
        self.sketchWanted.emit(drawing, self.sight)

    def set_sketch(self, drawing: Input | None) -> None:
        """The drawing is one row, at the top, that follows the pen."""
        self._inputs.set_sketch(drawing)
        self._inputs_changed()
        self._see_strangers()

    def keep_sketch(self) -> None:
        """Let the drawing stay as a row of its own; the pad is free for another."""
        self._inputs.keep_sketch()
        self._inputs_changed()

    def remove_input(self, row: int) -> None:
        if 0 <= row < len(self.inputs):
            self._inputs.remove(self.inputs[row])
            self._inputs_changed()

    def clear_inputs(self) -> None:
        self._inputs.clear()
        self._inputs_changed()

    def exchange_inputs(self, pairs: Iterable[tuple[Input, Input]]) -> None:
        """What waited was seen anew; for another network by now, another answer is on its way."""
        current = [pair for pair in pairs if pair[1].sight == self.sight]
        if current:
            self._inputs.exchange(current)
            self._inputs_changed()

    def _see_strangers(self) -> None:
        strangers = self._inputs.strangers()
        if strangers:
            self.sightWanted.emit(strangers, self.sight)

    def _take_over(self) -> None:
        self.inputs = self._inputs.fitting()
        self._oldest = self._stamp + 1
        self.inputsChanged.emit()

    def _inputs_changed(self) -> None:
        self._take_over()
        self._ask()

    def want_test_images(self) -> None:
        """Other test images each time."""
        if not self.recipe.two_dimensional:
            self._tests_of, self._had_tests = _data_of(self.recipe), False
            self.set_awaits_tests(True)
            self.testImagesWanted.emit(self.recipe, self._tests)
            self._tests += 1

    # ---- pictures ----------------------------------------------------------------------------

    def tiles_of(self, rendering: Rendering) -> Pixels:
        """The pictures of an answer that are to be shown [N, columns, H, W, C]."""
        back = rendering.way_back
        return back if self.shows_way_back and back is not None else rendering.tiles

    # ---- probe and answers -------------------------------------------------------------------

    def probe(self) -> Probe:
        """The question as it stands now."""
        images = [known.seen for known in self.inputs]
        return Probe(
            self._stamp,
            np.stack(images) if images else np.empty((0, *self.sight.shape), np.uint8),
            self.seeds[: self.columns],
            self.noise_scale,
            self.code_offsets,
            self.raw_code,
            self.noise_offsets,
        )

    def _ask(self) -> None:
        self._stamp += 1
        self.probeChanged.emit(self.probe(), self.shows_clusters)

    def set_rendering(self, rendering: Rendering) -> None:
        """Keep an answer, unless it is about other images or another model."""
        if rendering.stamp >= self._oldest and len(rendering.tiles) == len(self.inputs):
            self.rendering, self.rendered_inputs = rendering, tuple(self.inputs)
            self.rendered.emit(rendering)

    def preview(self, row: Rendering) -> None:
        """Show the row that is there already in the answer that stands; nothing is kept."""
        stands = self.rendering is not None and self.rendered_inputs == tuple(self.inputs)
        if row.stamp >= self._oldest and stands:
            self.previewed.emit(row)

    def set_cloud(self, cloud: Cloud) -> None:
        """The same for the points of a 2-D model."""
        if cloud.stamp >= self._oldest:
            self.clouded.emit(cloud)

    def set_clusters(self, clusters: Clusters) -> None:
        """The same for the categories."""
        if clusters.stamp >= self._oldest:
            self.clusters = clusters
            self.clustered.emit(clusters)

    def set_blank(self) -> None:
        """What is shown could not be loaded: nothing of another model may stand there."""
        recipe = self.recipe
        self.rendering, self.clusters, self.facts = None, None, None
        self.inputsChanged.emit()
        shape, categorical = recipe.image_shape, recipe.categorical
        self.factsChanged.emit(
            ModelFacts(
                recipe.name, 0, shape, recipe.model.code, categorical, 0, 0, recipe.translates
            )
        )


def _data_of(recipe: Recipe) -> tuple[object, ...]:
    """What decides a recipe's data."""
    return (
        recipe.data.name,
        recipe.image_shape,
        recipe.translates,
        recipe.data.second,
        recipe.data.images,
        recipe.data.images_b,
        recipe.data.pad,
    )
