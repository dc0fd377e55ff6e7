"""Each input, and what each of the compared models makes of it with the same noises."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from iae_studio.state.comparing import Compared
from iae_studio.state.input_list import Input, spec_of
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import has_noise
from iae_studio.style import theme
from iae_studio.views.building_blocks import button, caption
from iae_studio.views.compare_asking import DRAWS, MOST_DRAWS, Answer, CompareAsking
from iae_studio.views.compare_head import CompareHead
from iae_studio.views.compare_words import ABOUT_POINTS, about_columns
from iae_studio.widgets.compare_grid import TILE, Column, CompareGrid, Group
from trainer.messages import Pixels

if TYPE_CHECKING:
    from iae_studio.views.compare_clouds import CompareClouds

FEWEST = 2
ASIDE = 96  # px that names and what is seen take


class ComparePictures(QWidget):
    """The grid `compareGrid`; or what to do where there are no images."""

    told = Signal(str)
    removed = Signal(int)
    wanted = Signal(int)  # to be shown alone

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._comparing = state, state.comparing
        self.asking = CompareAsking(state, self)
        self.grid = CompareGrid()
        self.grid.setObjectName("compareGrid")
        self.grid.setAccessibleName("Inputs and what each of the compared models makes of them")
        self.setFocusProxy(self.grid)
        self._words = caption(most=2)
        self._words.setObjectName("compareWords")
        self._heads: list[CompareHead] = []
        self._headed: tuple[Compared, ...] = ()  # whose heads these are
        self._pages = QStackedWidget()
        self._pages.addWidget(self.grid)
        self._pages.addWidget(self._empty_page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._words)
        self._soon = QTimer(self, singleShot=True)  # answers that come together are drawn once
        self._soon.timeout.connect(self._show)
        self._connect()

    def _connect(self) -> None:
        state, grid = self._state, self.grid
        self.asking.changed.connect(lambda: self._soon.start(0))
        for signal in (state.inputs.changed, state.query.columnsChanged, grid.laidOut):
            signal.connect(lambda: self._soon.start(0))
        state.query.noiseChanged.connect(self._show_locks)
        state.selection.changed.connect(self._show_selection)
        grid.selected.connect(self._select)
        grid.hovered.connect(self._hovered)
        grid.headingClicked.connect(self._lock)
        grid.removeRequested.connect(state.inputs.remove)
        grid.activated.connect(self._activate)

    def _empty_page(self) -> QWidget:
        page = QWidget()
        hint = self._hint = caption()
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        tip = "Random images of the test set (R)"
        take = self._take = button("Test images", "image", tip, self._state.inputs.want_tests)
        take.setObjectName("compareTests")
        layout = QVBoxLayout(page)
        layout.addStretch(1)
        layout.addWidget(hint)
        layout.addWidget(take, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        return page

    @cached_property
    def clouds(self) -> CompareClouds:
        """The planes of points, made for the first such models: their library loads slowly."""
        from iae_studio.views.compare_clouds import CompareClouds

        made = CompareClouds(self.asking)
        made.removed.connect(self.removed)
        made.wanted.connect(self.wanted)
        self._pages.addWidget(made)
        return made

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.asking.look()
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.asking.look_away()

    # ---- what is shown -----------------------------------------------------------------------

    def _make_heads(self) -> None:
        """What stands above the groups, for the models of now."""
        models = self._comparing.models
        if models == self._headed:
            return
        self._headed = models
        self._heads = [CompareHead(place, m, self.grid) for place, m in enumerate(models)]
        for head in self._heads:
            head.removed.connect(self.removed)
            head.wanted.connect(self.wanted)
        self.grid.setHeads(self._heads)

    def _show(self) -> None:
        models = self._comparing.models
        if self.isVisible() and models and all(m.recipe.two_dimensional for m in models):
            self._show_clouds(models)
            return
        images = self._state.inputs.images
        self._pages.setCurrentIndex(0 if images else 1)
        points = self._state.displayed.recipe.two_dimensional
        self._take.setVisible(not points)
        self._hint.setText(
            "Show a model of images first, and take some."
            if points
            else "Drop images here, paste one, or take some."
        )
        if not self.isVisible() or not images or not models:
            self._words.setText("")
            return
        self._make_heads()
        answers = [self.asking.answer(model) for model in models]
        for head, answer in zip(self._heads, answers, strict=True):
            head.tell(None if answer is None or answer.made.tiles is None else answer.made.step)
        draws = self._draws()
        groups = [self._group(m, a, draws) for m, a in zip(models, answers, strict=True)]
        seen = np.stack([known.seen for known in images])
        self.grid.setGroups(seen, groups, [known.name for known in images])
        self._words.setText(about_columns(models, self.asking.moves_one_alone))
        self._show_locks()
        self._show_selection()

    def _show_clouds(self, models: tuple[Compared, ...]) -> None:
        """Points have planes in place of a grid."""
        self._pages.setCurrentWidget(self.clouds)
        self.clouds.show_models(models)
        self._words.setText(ABOUT_POINTS)

    def _draws(self) -> int:
        """Columns of each model: as many as were chosen, else as there is room for."""
        wanted = self._state.query.wanted_columns
        if wanted:
            return min(wanted, MOST_DRAWS)
        room = (self.grid.width() - ASIDE) // max(len(self._comparing.models), 1)
        return min(max((room - theme.GAP) // TILE, FEWEST), DRAWS)

    def _group(self, model: Compared, answer: Answer | None, draws: int) -> Group:
        why = self.asking.why(model)
        if why or answer is None or answer.made.tiles is None:
            blank = Column("", "muted", None)
            return Group((blank,) * draws, why)
        made = answer.made
        assert made.tiles is not None
        columns = []
        if spec_of(model.recipe) != self._state.inputs.spec:
            columns.append(Column("sees", "content", self._rows(answer, answer.seen)))
        if made.code is not None:
            columns.append(Column("code", "content", self._rows(answer, made.code)))
        if not has_noise(model.recipe):
            columns.append(Column("x → z → x", "content", self._rows(answer, made.tiles[:, 0])))
            return Group(tuple(columns))
        letter = "n" if model.recipe.model.noise else "ε"
        for draw in range(min(draws, made.tiles.shape[1])):
            pictures = self._rows(answer, made.tiles[:, draw])
            columns.append(Column(f"{letter}{draw + 1}", "style", pictures, draw))
        return Group(tuple(columns))

    def _rows(self, answer: Answer, pictures: Pixels) -> Pixels:
        """The rows of the inputs of now; black for those that were not answered yet."""
        now: list[Input] = self._state.inputs.images
        if answer.inputs == tuple(now):
            return pictures
        rows = np.zeros((len(now), *pictures.shape[1:]), np.uint8)
        for line, known in enumerate(now):
            if known in answer.inputs:
                rows[line] = pictures[answer.inputs.index(known)]
        return rows

    def _show_locks(self) -> None:
        locked = self._state.query.locked
        columns = range(len(self.grid.columns()))
        self.grid.setLocked({each for each in columns if self.grid.draw(each) in locked})

    def _show_selection(self) -> None:
        row, column = self.grid.selection()
        wanted = self._state.selection.row
        if wanted != row:
            self.grid.setSelection(wanted, column if row >= 0 else 0)

    # ---- hands -------------------------------------------------------------------------------

    def _select(self, row: int, column: int) -> None:
        draw = self.grid.draw(column)
        self._state.selection.select(row, draw if draw >= 0 else None)

    def _lock(self, column: int) -> None:
        draw = self.grid.draw(column)
        if draw >= 0:
            self._state.query.toggle_lock(draw)

    def _activate(self, row: int, column: int) -> None:
        self._select(row, column)
        group, _ = self.grid.place(column)
        if group >= 0:
            self.wanted.emit(group)

    def _hovered(self, row: int, column: int) -> None:
        images = self._state.inputs.images
        if not 0 <= row < len(images):
            self.told.emit("")
            return
        words = [images[row].name]
        group, _ = self.grid.place(column)
        if 0 <= group < len(self._comparing.models):
            words.append(self._comparing.models[group].title)
        draw = self.grid.draw(column)
        if draw >= 0:
            seed, drawn = divmod(self._state.query.seeds[draw], 1000)  # see column_seeds
            words.append(f"noise {drawn + 1} of seed {seed}")
        self.told.emit(" · ".join(words))
