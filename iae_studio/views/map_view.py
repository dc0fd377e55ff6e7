"""The map: the codes of many test images, and what lies between them."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.style import theme
from iae_studio.views import map_words
from iae_studio.views.actions import act
from iae_studio.views.building_blocks import caption
from iae_studio.views.map_asking import NEAR as NEAR_KIND
from iae_studio.views.map_asking import SHARES, MapQuestions
from iae_studio.views.map_colours import NOISE, colours, offered
from iae_studio.views.map_grid import send
from iae_studio.views.map_marks import marks_of
from iae_studio.views.map_pages import MapPages
from iae_studio.views.map_tools import MapTools
from iae_studio.views.map_words import NEAR, PLANE
from iae_studio.widgets.map_canvas import MapCanvas
from iae_studio.widgets.map_legend import MapLegend
from trainer.exploring.questions.map import STAGES, MapImages
from trainer.messages import Pixels

_REST = 60  # ms after the last move of the map until its background is asked for


class MapView(QWidget):
    """The page `mapView`; it says in words what the pointer is over."""

    told = Signal(str)

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mapView")
        self._state = state
        self.questions = MapQuestions(state, self)
        self.kind, self._colour = PLANE, ""
        self._images: MapImages | None = None  # those on the canvas
        self.tools, self.legend = MapTools(), MapLegend()
        self.canvas = MapCanvas()
        self.canvas.setObjectName("mapCanvas")
        self._about = caption()
        self._about.setObjectName("aboutMap")
        self.pages = MapPages(self.canvas)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._ask_lattice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.tools)
        layout.addWidget(self._about)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.legend)
        self._connect_questions()
        self._connect_hands()
        self._show_map()

    def _connect_questions(self) -> None:
        asked = self.questions
        asked.forgotten.connect(self._forget)
        asked.mapped.connect(self._show_map)
        asked.lacked.connect(self._show_page)
        asked.placed.connect(self._show_marks)
        asked.pictured.connect(self.canvas.setLattice)
        asked.decoded.connect(self._show_decoded)
        asked.shared.connect(self._show_colours)
        asked.embedded.connect(self._show_embedding)
        self._state.asking.moved.connect(self._moved)
        self._state.selection.changed.connect(self._selected)
        self._state.query.changed.connect(self._draw_anew)
        theme.notifier().changed.connect(self._show_colours)

    def _connect_hands(self) -> None:
        canvas, tools = self.canvas, self.tools
        canvas.hovered.connect(self._hovered)
        canvas.picked.connect(lambda number: self._send([number]))
        canvas.boxed.connect(self._send)
        canvas.decodeWanted.connect(self._decode)
        canvas.decodeLeft.connect(self._leave_point)
        canvas.frameChanged.connect(self._rest.start)
        tools.kinds.chosen.connect(self.set_kind)
        tools.colours.chosen.connect(self.set_colour)
        tools.stopWanted.connect(self._stop)
        tools.againWanted.connect(lambda: self.questions.embed(anew=True))
        tools.fitWanted.connect(canvas.fit)
        tools.picturesWanted.connect(canvas.setAllPictures)
        self.pages.mended.connect(self._mend)
        other = "The other map: plane or neighbourhoods"
        act(self, "Map", "Plane or neighbourhoods", "M", self._toggle_kind, other)
        act(self, "Map", "Next colours of the map", "Shift+M", self._next_colour)
        act(self, "Map", "Pictures in place of dots", "Ctrl+M", self._toggle_pictures)
        act(self, "Map", "All images in view", "F", canvas.fit)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.questions.look()
        if self.kind == NEAR:
            self.questions.embed()
        if self._colour == NOISE:
            self.questions.ask_shares()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.questions.look_away()
        self.tools.work("")

    # ---- which map, which colours ------------------------------------------------------------

    def set_kind(self, kind: str) -> None:
        """The plane, or neighbourhoods."""
        self.kind = kind
        self._leave_point()
        self.questions.stop_embedding()
        self.tools.work("")
        self._show_map(anew=True)

    def _toggle_kind(self) -> None:
        self.set_kind(NEAR if self.kind == PLANE else PLANE)

    def set_colour(self, name: str) -> None:
        """What the points are coloured by."""
        self._colour = name
        if name != NOISE:
            self.questions.leave_shares()
        elif self.questions.map is not None:
            self.questions.ask_shares()
        self.tools.work("")
        self._show_colours()

    def _next_colour(self) -> None:
        names = offered(self._state.displayed.recipe, self.questions.map)
        if names:
            at = names.index(self._colour) if self._colour in names else -1
            self.set_colour(names[(at + 1) % len(names)])

    def _toggle_pictures(self) -> None:
        wanted = not self.canvas.shows_all_pictures
        self.tools.show_pictures(wanted)
        self.canvas.setAllPictures(wanted)

    # ---- what is shown -----------------------------------------------------------------------

    def _forget(self) -> None:
        """Another model's map is none of this one."""
        self._leave_point()
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
        decodes = self.kind == PLANE and found.decodable and asked.plane is not None
        self.canvas.decodable = decodes
        if not decodes:
            self.canvas.setLattice(None)
        if self.kind == NEAR and not asked.embedding:
            asked.embed()  # nothing where it is done already
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
        self._about.setText(
            map_words.about(
                self._state.displayed.recipe, self.kind, found, asked.plane, asked.stages
            )
        )
        old = self.kind == NEAR and not asked.embedding and asked.embedded_step != found.step
        self.tools.again.setVisible(old and asked.stages > 0)

    def _show_embedding(self) -> None:
        asked = self.questions
        if self.kind != NEAR or asked.map is None:
            return
        self.tools.work("Finding neighbours" if asked.embedding else "", asked.stages, STAGES)
        self._show_places(anew=True)
        self._show_marks()
        self._show_page()

    def _show_page(self) -> None:
        asked = self.questions
        waits = self.kind == NEAR and asked.places is None
        shown = self.pages.tell(asked.map, asked.lacks, self.kind, waits)
        self._about.setVisible(shown)
        self.legend.setVisible(shown and bool(self.legend.legend().entries))

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
        if self.questions.map is None:
            self.pages.show_progress(done, total)
        elif kind == SHARES and self.questions.shares is None:
            self.tools.work("Noise shares", done, total)
        elif kind == NEAR_KIND and self.kind == NEAR and self.questions.embedding:
            self.tools.work("Finding neighbours", self.questions.stages, STAGES)

    def _stop(self) -> None:
        self.tools.work("")
        if self.questions.embedding:
            self.questions.stop_embedding()
        else:
            self.questions.leave_shares()

    # ---- hands -------------------------------------------------------------------------------

    def _mend(self, what: str) -> None:
        if what == "Train":
            self._state.training.start()
        elif what == "Neighbourhoods":
            self.set_kind(NEAR)
        else:
            self.questions.try_again()
            self._show_page()

    def _hovered(self, number: int) -> None:
        found = self.questions.map
        known = found is not None and 0 <= number < len(found.codes)
        words = map_words.told(found, number, self.questions.shares) if found and known else ""
        self.told.emit(words)

    def _send(self, numbers: list[int]) -> None:
        found = self.questions.map
        if found is None:
            return
        left = send(self._state, found.images, numbers)
        if left:
            self._state.messages.show_error(
                f"The grid is full: {left:,} of these images did not fit. Clear it first."
            )

    def _selected(self) -> None:
        self._show_marks()
        self._draw_anew()

    def _draw_anew(self) -> None:
        """Other noise."""
        if self.isVisible() and self.kind == PLANE:
            self._rest.start()
            target = self.canvas.target()
            if target is not None:
                self.questions.ask_point(target)

    def _ask_lattice(self) -> None:
        if self.kind == PLANE and self.isVisible():
            self.questions.ask_lattice(self.canvas.cells())

    def _decode(self, x: float, y: float) -> None:
        self.canvas.setTarget((x, y))
        self.questions.ask_point((x, y))

    def _leave_point(self) -> None:
        self.questions.leave_point()
        self.canvas.setTarget(None)

    def _show_decoded(self, picture: Pixels) -> None:
        if self.canvas.target() is not None:
            column = self._state.selection.column
            self.canvas.setDecoded(picture, f"with n{column + 1}" if self._has_noise() else "")

    def _has_noise(self) -> bool:
        return bool(self._state.displayed.recipe.model.noise)
