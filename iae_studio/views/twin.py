"""Figure 12's two: a flipped model of points with noise in its generator, and one without."""

from __future__ import annotations

from PySide6.QtCore import QObject

from iae_studio.state.model_files import SHIPPED
from iae_studio.state.studio_state import StudioState
from iae_studio.views.scatter import CloudView
from trainer.exploring.questions.twin import TwinCloud
from trainer.recipe.catalogue import CATALOGUE

TWINS = {"fiae-toy": "fiae-toy-plain", "fiae-toy-plain": "fiae-toy"}
KIND = "twin"


class Twin(QObject):
    """Asks for the posteriors of the other one, and has them shown beside those of the first."""

    def __init__(self, state: StudioState, view: CloudView) -> None:
        super().__init__(view)
        self._state, self._view = state, view
        state.displayed.selected.connect(self._ask)
        state.query.changed.connect(self._ask)
        self._ask()

    def _ask(self) -> None:
        name = TWINS.get(self._state.displayed.recipe.name, "")
        if name not in SHIPPED:
            self._view.set_twin(None)
            return
        self._view.set_twin(CATALOGUE[name])
        query = self._state.query
        question = TwinCloud(SHIPPED[name], query.seeds[0], query.noise_scale)
        self._state.asking.ask(question, self._view.show_twin, kind=KIND)
