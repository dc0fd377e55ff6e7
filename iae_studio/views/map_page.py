"""The half of the map that is looked at: its page, and what the answers put on it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views import map_words
from iae_studio.views.building_blocks import caption, row
from iae_studio.views.map_asking import MAP, SHARES, MapQuestions
from iae_studio.views.map_asking import NEAR as NEAR_KIND
from iae_studio.views.map_colours import NOISE, colours, offered
from iae_studio.views.map_marks import marks_of
from iae_studio.views.map_pages import MapPages
from iae_studio.views.map_tools import MapTools
from iae_studio.views.map_words import NEAR, PLANE
from iae_studio.widgets.map_canvas import MapCanvas
from iae_studio.widgets.map_legend import MapLegend
from trainer.exploring.questions.map import STAGES, MapImages
from trainer.messages import Pixels

_REST = 60  # ms after the last move of the map until its background is asked for


class MapPage(QWidget):
    """Tools, a line of words, the canvas or why there is none, a legend; `MapView` adds hands."""

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.questions = MapQuestions(state, self)
        self.kind, self._colour = PLANE, ""
        self._images: MapImages | None = None  # those on the canvas
        self.tools, self.legend, self.canvas = MapTools(), MapLegend(), MapCanvas()
        self.canvas.setObjectName("mapCanvas")
        self.canvas.setAccessibleName("Map of the codes")
        self.setFocusProxy(self.canvas)
        self._about = caption()
        self._about.setObjectName("aboutMap")
        self.pages = MapPages(self.canvas)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.tools)
        layout.addWidget(self._about)
        layout.addWidget(self.pages, 1)
        below = row(self.tools.colours, self.legend)
        below.setStretch(1, 1)
        layout.addLayout(below)
        asked = self.questions
        asked.forgotten.connect(self._forget)
        asked.mapped.connect(self._show_map)
        asked.lacked.connect(self._show_page)
        asked.placed.connect(self._show_marks)
        asked.pictured.connect(self.canvas.setLattice)
        asked.decoded.connect(self._show_decoded)
        asked.shared.connect(self._show_colours)
        asked.embedded.connect(self._show_embedding)
        state.asking.moved.connect(self._moved)
        theme.notifier().changed.connect(self._show_colours)

    def _forget(self) -> None:
        """Another model's map is none of this one."""
        self.canvas.setTarget(None)
        self._colour, self._images = "", None
        self.canvas.clear()
        self.tools.work("")
        self._show_map()

    def _show_map(self, anew: bool = False) -> None:
        self.tools.choose(self.kind)
        found, asked = self.questions.map, self.questions
        self._show_page()
        if found is None:
            return
        if self._images is not found.images:
            anew, self._images = True, found.images
            self.canvas.setImages(found.images.thumbnails, found.images.names)
            if self._colour == NOISE:
                asked.ask_shares()
        decodes = self.kind == PLANE and found.decodable and asked.plane is not None
        self.canvas.decodable = decodes
        if not decodes:
            asked.leave_lattice()  # it would come late, below other places
            self.canvas.setLattice(None)
        if self.kind == NEAR and not asked.stopped:
            asked.embed()  # nothing where it is under way or done
        self._show_places(anew)
        self._choose_colour()
        self._show_marks()
        self._rest.start()
        target = self.canvas.target()
        if target is not None:
            asked.ask_point(target)

    def _show_places(self, anew: bool) -> None:
        asked, found = self.questions, self.questions.map
        assert found is not None
        if self.kind == PLANE and asked.plane is not None:
            self.canvas.setPlaces(asked.plane.coordinates(found.codes), anew)
        elif self.kind == NEAR and asked.places is not None:
            self.canvas.setPlaces(asked.places, anew)
        recipe = self._state.displayed.recipe
        tests = self._state.library.tests_of(recipe)
        self._about.setText(
            map_words.about(recipe, tests, self.kind, found, asked.plane, asked.stages)
        )
        older, partial = asked.embedded_step != found.step, asked.stages < STAGES
        self.tools.again.setText("Go on" if partial else "Anew")
        rests = self.kind == NEAR and asked.stages > 0 and not asked.embedding
        self.tools.again.setVisible(rests and (older or partial))

    def _show_embedding(self) -> None:
        asked = self.questions
        if self.kind != NEAR or asked.map is None:
            return
        self.tools.work("Finding neighbours" if asked.embedding else "", asked.stages, STAGES)
        self._show_places(anew=asked.stages <= 1)
        self._show_marks()
        self._show_page()

    def _show_page(self) -> None:
        asked = self.questions
        waits = self.kind == NEAR and asked.places is None
        shown = self.pages.tell(asked.map, asked.lacks, self.kind, waits)
        self._about.setVisible(shown)
        self.legend.setVisible(shown and bool(self.legend.legend().entries))
        self.tools.colours.setVisible(shown)

    def _choose_colour(self) -> None:
        names = offered(self._state.displayed.recipe, self.questions.map)
        self.tools.colours.offer(set(names))
        if self._colour not in names:
            self._colour = names[0] if names else ""
            if self._colour == NOISE:
                self.questions.ask_shares()
        self._show_colours()

    def _show_colours(self) -> None:
        found = self.questions.map
        if found is None:
            return
        if self._colour:
            self.tools.colours.choose(self._colour)
        if self._colour == NOISE and self.questions.shares is None and self.canvas.coloured:
            return  # the colours of before stay until the new ones are there
        hues, palette, legend = colours(self._colour, found, self.questions.shares)
        self.canvas.setColours(hues, palette)
        self.legend.setLegend(legend)
        self._show_page()
        if self._colour == NOISE and self.questions.shares is not None:
            self.tools.work("")

    def _show_marks(self) -> None:
        self.canvas.setMarks(marks_of(self.questions, self._state.selection.input, self.kind))

    def _moved(self, kind: str, done: int, total: int) -> None:
        if not self.isVisible():
            return
        if kind == MAP and self.questions.map is None:
            self.pages.show_progress(done, total)
        elif kind == SHARES and self.questions.shares is None:
            self.tools.work("Noise shares", done, total)
        elif kind == NEAR_KIND and self.kind == NEAR and self.questions.embedding:
            self.tools.work("Finding neighbours", self.questions.stages, STAGES)

    def _show_decoded(self, picture: Pixels) -> None:
        if self.canvas.target() is not None:
            has_noise = bool(self._state.displayed.recipe.model.noise)
            column = self._state.selection.column
            self.canvas.setDecoded(picture, f"with n{column + 1}" if has_noise else "")
