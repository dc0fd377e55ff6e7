"""Up to four runs or moments side by side: pictures, losses, recipes, measures."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.ready_made import figure_2
from iae_studio.state.studio_state import StudioState
from iae_studio.state.turned import PICTURES
from iae_studio.style import theme
from iae_studio.views.building_blocks import button, caption, row
from iae_studio.views.compare_choices import choices_button, compare_all
from iae_studio.views.compare_pictures import ComparePictures
from iae_studio.views.help import help_mark
from iae_studio.widgets.segments import Segments

PAGES = (
    ("comparePictures", "Pictures", "What each makes of the same images and noises"),
    ("compareLosses", "Losses", "Their losses in one plot"),
    ("compareRecipes", "Recipes", "The options in which they differ"),
    ("compareMeasures", "Measures", "How each was measured"),
)
ICONS = 110  # px that they, and what stands between the tools, take
EMPTY = (
    "Up to four models side by side, on the same images and noises:\n"
    "take what is shown (C), add others, or begin with a ready-made comparison."
)


class CompareView(QWidget):
    """The page `compareView`; the switch `comparePages` shows four sides of it."""

    told = Signal(str)

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareView")
        self._state, self._comparing = state, state.comparing
        self._made: dict[str, QWidget] = {}
        self.pictures = ComparePictures(state)
        self.pictures.told.connect(self.told)
        self.pictures.removed.connect(self._comparing.remove)
        self.pictures.wanted.connect(self._show_alone)
        self.setFocusProxy(self.pictures.grid)
        self._pages = QStackedWidget()
        self._empty = self._empty_page()
        for page in (self._empty, self.pictures):
            self._pages.addWidget(page)
        self._made[PAGES[0][0]] = self.pictures
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addLayout(self._tools())
        layout.addWidget(self._pages, 1)
        self._page = PAGES[0][0]
        self.switch.choose(self._page)
        self._comparing.changed.connect(self._show)
        state.library.changed.connect(self._show)
        self._show()

    def _tools(self) -> QHBoxLayout:
        self.switch = Segments()
        self.switch.setObjectName("comparePages")
        self.switch.setAccessibleName("Side of the comparison")
        for name, title, tip in PAGES:
            self.switch.add(name, title, tip)
        self.switch.chosen.connect(self.look_at)
        tip = "Take all models out of the comparison (Ctrl+Shift+C)"
        self._clear = button("Clear", "trash", tip, self._comparing.clear, "compareClear")
        self._clear.setProperty("flat", True)
        self._add = choices_button(self._state, self)
        return row(self.switch, None, self._add, self._clear, help_mark("compare"), gap=theme.GRID)

    def _fold(self) -> None:
        """Leave the tools' words out where they would not fit all."""
        words = self.fontMetrics().horizontalAdvance(self._add.text())
        wide = self.switch.unfolded() + self._clear.unfolded() + words + theme.px(ICONS)
        narrow = self.width() < wide
        self.switch.fold(narrow)
        self._clear.fold(narrow)
        styles = Qt.ToolButtonStyle
        style = styles.ToolButtonIconOnly if narrow else styles.ToolButtonTextBesideIcon
        self._add.setToolButtonStyle(style)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _empty_page(self) -> QWidget:
        page = QWidget()
        hint = caption(EMPTY)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        tip = "The shown model, at the shown moment (C)"
        shown = button("Compare what is shown", "plus", tip, self._comparing.add_shown)
        shown.setObjectName("compareShown")
        tip = "The three small models of MNIST that come with the program"
        self._figure = button(
            "Figure 2: codes of 20, 10 and 5", "image", tip, self._show_figure, "compareFigure2"
        )
        layout = QVBoxLayout(page)
        layout.setSpacing(theme.GAP)
        layout.addStretch(1)
        layout.addWidget(hint)
        layout.addLayout(row(None, shown, self._figure, None))
        layout.addStretch(1)
        return page

    # ---- what is shown -----------------------------------------------------------------------

    def look_at(self, name: str) -> None:
        """Another side of the comparison, made for its first use."""
        self._page = name
        if name not in self._made:
            self._made[name] = made = self._make(name)
            self._pages.addWidget(made)
        self.switch.choose(name)
        self._show()

    def _make(self, name: str) -> QWidget:
        from iae_studio.views.compare_losses import CompareLosses
        from iae_studio.views.compare_tables import MeasuresTable, RecipesTable

        kinds = CompareLosses, RecipesTable, MeasuresTable
        made = {page: kind for (page, _, _), kind in zip(PAGES[1:], kinds, strict=True)}
        return made[name](self._state)

    def _show(self) -> None:
        any_there = bool(self._comparing.models)
        self._pages.setCurrentWidget(self._made[self._page] if any_there else self._empty)
        self.switch.setVisible(any_there)
        self._clear.setVisible(any_there)
        self._figure.setEnabled(bool(figure_2(self._state.library).models))
        self._fold()

    def _show_figure(self) -> None:
        compare_all(self._state, figure_2(self._state.library))

    def _show_alone(self, place: int) -> None:
        """One of them, at its moment, in Pictures."""
        if not 0 <= place < len(self._comparing.models):
            return
        model = self._comparing.models[place]
        if model.path != self._state.displayed.model.path or model.path is None:
            self._state.library.choose(DisplayedModel(model.recipe, model.path))
        self._state.time.look_at(model.step)
        self._state.query.set_view(PICTURES)
