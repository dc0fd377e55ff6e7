"""Models of points beside each other: the same data, and what each draws with the same noise."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iae_studio.state.comparing import Compared
from iae_studio.style import theme
from iae_studio.views.building_blocks import caption
from iae_studio.views.compare_asking import CompareAsking
from iae_studio.views.compare_head import CompareHead
from iae_studio.views.scatter import CODE_REACH, HUES, Plane
from trainer.messages import Cloud
from trainer.recipe.specs import DATA_SETS

PLACES = 4  # of the data of flipped models


class CloudColumn(QWidget):
    """One model: its head, the plane of the data, and where it has one that of the codes."""

    def __init__(self, place: int, model: Compared, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = CompareHead(place, model)
        self.data = Plane(f"comparePoints{place}", "")
        self.codes = Plane(f"compareCodes{place}", "content")
        self._why = caption(most=6)
        self._cloud: Cloud | None = None  # what is drawn
        recipe = model.recipe
        self._flipped = recipe.flipped
        drawn = "by place" if recipe.flipped else "by code"
        self.data.describe("Data x", f"Coloured: what it draws, {drawn}.", reach_of(model))
        self.codes.describe("Codes z", "Coloured: codes of the data, by place.", CODE_REACH)
        self.codes.setVisible(recipe.flipped)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        for part, stretch in ((self.head, 0), (self._why, 0), (self.data, 1), (self.codes, 1)):
            layout.addWidget(part, stretch)
        theme.follow(self, self._restyle)

    def _restyle(self) -> None:
        self.data.restyle()
        self.codes.restyle()
        self._draw()  # the points have colours of their own

    def show_cloud(self, cloud: Cloud | None, step: int, why: str) -> None:
        """Its points, or why there are none."""
        self._why.setText("" if cloud is not None else why)
        self._why.setVisible(cloud is None)
        if cloud is None:
            return
        self.head.tell(step)
        self._cloud = cloud
        self._draw()

    def _draw(self) -> None:
        cloud = self._cloud
        if cloud is None:
            return
        hues = PLACES if self._flipped else HUES
        self.data.show_points(cloud.real, cloud.fake, cloud.component, hues)
        if cloud.codes is not None and cloud.prior is not None and cloud.place is not None:
            self.codes.show_points(cloud.prior, cloud.codes, cloud.place, hues)


class CompareClouds(QWidget):
    """A column for each model; grey are the data, or the prior."""

    removed = Signal(int)
    wanted = Signal(int)

    def __init__(self, asking: CompareAsking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asking = asking
        self._models: tuple[Compared, ...] = ()
        self.columns: list[CloudColumn] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2 * theme.GAP)

    def show_models(self, models: tuple[Compared, ...]) -> None:
        """What each of them answered last."""
        if models != self._models:
            self._make(models)
        for column, model in zip(self.columns, models, strict=True):
            answer = self._asking.answer(model)
            made = None if answer is None else answer.made
            why = "Loading…" if made is None else made.why
            cloud = None if made is None else made.cloud
            column.show_cloud(cloud, 0 if made is None else made.step, why)

    def _make(self, models: tuple[Compared, ...]) -> None:
        for old in self.columns:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._models = models
        self.columns = [CloudColumn(place, model, self) for place, model in enumerate(models)]
        for column in self.columns:
            column.head.removed.connect(self.removed)
            column.head.wanted.connect(self.wanted)
            self._row.addWidget(column, 1)
            column.show()


def reach_of(model: Compared) -> float:
    """How far the plane of its data goes."""
    return DATA_SETS[model.recipe.data.name].reach
