"""The question that stands, and what the displayed model answers to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed
from iae_studio.state.input_list import Input
from iae_studio.state.inputs import InputImages
from iae_studio.state.messages import Messages
from iae_studio.state.query import Query
from iae_studio.state.turned import PICTURES, Axes
from trainer.messages import Cloud, Clusters, Floats, ModelFacts, Pixels, Probe, Rendering


class Answers(QObject):
    """Asks by a `Probe`; an answer is kept unless it is about other images or another model."""

    asked = Signal(Probe, bool)  # the bool asks for clusters in place of reconstructions
    factsChanged = Signal(ModelFacts)
    rendered = Signal(Rendering)
    previewed = Signal(Rendering)  # the first row of an answer that is still on its way
    clouded = Signal(Cloud)
    clustered = Signal(Clusters)
    sheetWanted = Signal(Path, int)  # what the middle shows, each pixel so many wide

    def __init__(
        self,
        displayed: Displayed,
        inputs: InputImages,
        query: Query,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._displayed, self._inputs, self._query = displayed, inputs, query
        self._messages = messages
        self.facts: ModelFacts | None = None
        self.rendering: Rendering | None = None
        self.rendered_inputs: tuple[Input, ...] = ()  # those that `rendering` is about
        self.clusters: Clusters | None = None
        self._stamp = 0
        self._oldest = 0  # answers to earlier questions are about other images or models

    # ---- asking ------------------------------------------------------------------------------

    def probe(self) -> Probe:
        """The question as it stands now."""
        images = [known.seen for known in self._inputs.images]
        query = self._query
        return Probe(
            self._stamp,
            np.stack(images) if images else np.empty((0, *self._inputs.spec.shape), np.uint8),
            query.seeds[: query.columns],
            query.noise_scale,
            query.code_offsets,
            query.raw_code,
            query.noise_offsets,
            _array(query.code_axes),
            _array(query.noise_axes),
        )

    def probe_of(self, row: int, column: int) -> Probe:
        """The question about one tile, as it stands now."""
        whole = self.probe()
        place = slice(max(column, 0), max(column, 0) + 1)
        return replace(
            whole, images=whole.images[row : row + 1], noise_seeds=whole.noise_seeds[place]
        )

    def ask(self) -> None:
        """Ask anew."""
        self._stamp += 1
        self.asked.emit(self.probe(), self._query.shows_clusters)

    def ask_of_others(self) -> None:
        """Ask about other images or another model: no earlier answer is about them."""
        self._oldest = self._stamp + 1
        self.ask()

    def forget(self) -> None:
        """Another model is displayed, and will be asked."""
        self.rendering, self.clusters = None, None
        self._oldest = self._stamp + 1

    # ---- answers -----------------------------------------------------------------------------

    def set_facts(self, facts: ModelFacts, stamp: int) -> None:
        """The render thread has a model, or newer weights of it, and answers a question."""
        if stamp < self._oldest:
            return
        self._displayed.has_drawn()
        known = self.facts
        self.facts = facts
        if known is None or known != replace(facts, step=known.step):
            self.factsChanged.emit(facts)

    def set_rendering(self, rendering: Rendering) -> None:
        """Keep an answer, unless it is about other images or another model."""
        inputs = self._inputs.images
        if rendering.stamp >= self._oldest and len(rendering.tiles) == len(inputs):
            self.rendering, self.rendered_inputs = rendering, tuple(inputs)
            self.rendered.emit(rendering)

    def preview(self, row: Rendering) -> None:
        """Show the row that is there already in the answer that stands; nothing is kept."""
        stands = self.rendering is not None and self.rendered_inputs == tuple(self._inputs.images)
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

    def set_blank(self, stamp: int, has_weights: bool) -> None:
        """There is no picture. Where there are no weights either, go back to what was displayed."""
        if stamp < self._oldest or (not has_weights and self._displayed.go_back()):
            return
        self._displayed.end_waiting()
        recipe = self._displayed.recipe
        self.rendering, self.clusters, self.facts = None, None, None
        self._inputs.changed.emit()
        shape, categorical = recipe.image_shape, recipe.categorical
        self.factsChanged.emit(
            ModelFacts(
                recipe.name, 0, shape, recipe.model.code, categorical, 0, 0, recipe.translates
            )
        )

    def tiles_of(self, rendering: Rendering) -> Pixels:
        """The pictures of an answer that are to be shown [N, columns, H, W, C]."""
        back = rendering.way_back
        return back if self._query.shows_way_back and back is not None else rendering.tiles

    def save_sheet(self, path: Path, factor: int = 1) -> None:
        """Write what the middle shows as one picture, or say why there is nothing to write."""
        why = self.nothing_to_save()
        if why:
            self._messages.show_error(why)
        else:
            self.sheetWanted.emit(path, factor)

    def nothing_to_save(self) -> str:
        """Why there is no picture yet of what was asked; empty where there is one."""
        if self._displayed.recipe.two_dimensional:
            return ""
        if self._query.shows_clusters:
            there = self.clusters is not None
            return "" if there else "There is nothing to save yet: the clusters are on their way."
        if self._query.view == PICTURES and (self.rendering is None or not self.rendered_inputs):
            return "There is nothing to save yet: open an image first."
        return ""


def _array(axes: Axes) -> Floats | None:
    return np.array(axes, np.float32) if axes else None
