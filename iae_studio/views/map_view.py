"""The map: the codes of many test images, and what lies between them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from iae_studio.state.studio_state import StudioState
from iae_studio.views import map_words
from iae_studio.views.actions import act
from iae_studio.views.export_pixels import grabbed, pixels_of
from iae_studio.views.map_colours import NOISE, offered
from iae_studio.views.map_page import MapPage
from iae_studio.views.map_words import NEAR, PLANE
from iae_studio.views.to_grid import send
from trainer.exploring.questions.map import STAGES
from trainer.messages import Pixels


class MapView(MapPage):
    """The page `mapView`; it says in words what the pointer is over."""

    told = Signal(str)

    def __init__(self, state: StudioState, parent: QWidget | None = None) -> None:
        super().__init__(state, parent)
        self.setObjectName("mapView")
        self._rest.timeout.connect(self._ask_lattice)
        state.selection.changed.connect(self._selected)
        state.query.changed.connect(self._draw_anew)
        self._connect_hands()
        self._add_actions()
        self._show_map()

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
        tools.againWanted.connect(self._again)
        tools.fitWanted.connect(canvas.fit)
        tools.picturesWanted.connect(canvas.setAllPictures)
        self.pages.mended.connect(self._mend)

    def _add_actions(self) -> None:
        other = "The other map: plane or neighbourhoods"
        act(self, "Map", "Plane or neighbourhoods", "M", self._toggle_kind, other)
        act(self, "Map", "Next colours of the map", "Shift+M", self._next_colour)
        act(self, "Map", "Pictures in place of dots", "Ctrl+M", self._toggle_pictures)
        act(self, "Map", "All images in view", "F", self.canvas.fit)

    def picture(self) -> Pixels | None:
        """The map as it is painted; None while there is none."""
        return grabbed(self.canvas) if self.canvas.isVisible() else None

    def tile(self) -> Pixels | None:
        """What lies at the place that is decoded."""
        image = self.canvas.decoded()
        return None if image is None else pixels_of(image)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.questions.look()
        if self.kind == NEAR and not self.questions.stopped:
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

    def _stop(self) -> None:
        self.tools.work("")
        if self.questions.embedding:
            self.questions.stop_embedding(by_hand=True)
        else:
            self.questions.leave_shares()

    def _again(self) -> None:
        """On from where it was stopped; of the newest codes where it was done."""
        self.questions.embed(anew=self.questions.stages >= STAGES)

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
        if found is not None:
            images = found.images
            send(self._state, [(images.names[each], images.pictures[each]) for each in numbers])

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
