"""What the map asks of the displayed weights, and what they answered last."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from iae_studio.state.input_list import Input
from iae_studio.state.studio_state import StudioState
from iae_studio.widgets.map_frame import Cells
from trainer.exploring.plane import Plane, aligned
from trainer.exploring.questions.map import (
    STAGES,
    CodeMap,
    DecodeLattice,
    DecodePlane,
    MapCodes,
    Neighbourhoods,
    NoiseShares,
    Place,
)
from trainer.messages import Floats, Pixels

MAP, PLACED, LATTICE = "map", "map inputs", "map background"
POINT, SHARES, NEAR = "map point", "map noise shares", "map neighbourhoods"
_KINDS = (MAP, PLACED, LATTICE, POINT, SHARES, NEAR)


class MapQuestions(QObject):
    """Asks while somebody looks; keeps what was answered until another model is displayed."""

    forgotten = Signal()  # another model is displayed
    mapped = Signal()  # codes of these weights
    lacked = Signal()  # there are none, which was told
    placed = Signal()  # where the inputs lie
    pictured = Signal(object, object)  # Cells and their pictures
    decoded = Signal(object)  # the picture at the target
    shared = Signal()  # the noise's shares
    embedded = Signal()  # one stage more of the neighbourhoods

    def __init__(self, state: StudioState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._looks = state, False
        self._clear()
        state.displayed.selected.connect(self._forget)
        state.inputs.exchanged.connect(self.ask_inputs)

    def _clear(self) -> None:
        self.map: CodeMap | None = None
        self.plane: Plane | None = None
        self.inputs: tuple[Input, ...] = ()  # those that `codes` are of
        self.codes: Floats | None = None  # [inputs, draws, K]
        self.shares: Floats | None = None
        self.places: Floats | None = None  # of neighbourhoods, after `stages` of them
        self.stages = 0
        self.embedding = self.stopped = False  # stopped: by hand
        self._embedded_of: CodeMap | None = None
        self.lacks = False

    def look(self) -> None:
        """Somebody looks: ask, and follow the weights."""
        if not self._looks:
            self._looks = True
            self._ask_map()

    def look_away(self) -> None:
        """Nobody does."""
        self._looks = self.embedding = False
        for kind in _KINDS:
            self._state.asking.cancel(kind)

    def try_again(self) -> None:
        """Ask for the codes once more."""
        self.lacks = False
        self._state.asking.cancel(MAP)  # so that what fails again is told again
        if self._looks:
            self._ask_map()

    def _forget(self) -> None:
        self._clear()
        self.forgotten.emit()
        if self._looks:
            self._ask_map()

    # ---- codes -------------------------------------------------------------------------------

    def _ask_map(self) -> None:
        recipe = self._state.displayed.recipe
        if not recipe.two_dimensional and recipe.model_spec.inverse:
            ask = self._state.asking.ask
            ask(MapCodes(), self._set_map, self._lack, kind=MAP, follows=True)

    def _set_map(self, found: CodeMap) -> None:
        before = self.map
        if before is not None and before.images is not found.images:
            self.shares = self.places = None
            self.stages, self.embedding = 0, False
            self._state.asking.cancel(NEAR)
            self._state.asking.cancel(SHARES)  # they are those of other images
        self.map, self.lacks = found, False
        self.plane = None if found.plane is None else aligned(found.plane, self.plane)
        self.mapped.emit()
        self.ask_inputs()

    def _lack(self) -> None:
        self.lacks = self.map is None
        self.lacked.emit()

    def ask_inputs(self) -> None:
        """Where the inputs lie."""
        images = tuple(self._state.inputs.images)
        if not self._looks or self.map is None:
            return
        if not images:
            self._state.asking.cancel(PLACED)
            self._set_inputs((), None)
            return
        question = Place(np.stack([known.seen for known in images]))
        self._state.asking.ask(question, lambda codes: self._set_inputs(images, codes), kind=PLACED)

    def _set_inputs(self, images: tuple[Input, ...], codes: Floats | None) -> None:
        self.inputs, self.codes = images, codes
        self.placed.emit()

    # ---- the plane ---------------------------------------------------------------------------

    def ask_lattice(self, cells: Cells) -> None:
        """The pictures of the background."""
        question = self._decoding(DecodeLattice, cells.middles())
        if question is not None:

            def show(found: Pixels) -> None:
                self.pictured.emit(cells, found)

            self._state.asking.ask(question, show, kind=LATTICE)

    def ask_point(self, place: tuple[float, float]) -> None:
        """What lies at a place."""
        question = self._decoding(DecodePlane, np.array([place], np.float32))
        if question is not None:

            def show(found: Pixels) -> None:
                self.decoded.emit(found[0])

            self._state.asking.ask(question, show, kind=POINT)

    def leave_point(self) -> None:
        """Nobody asks what lies there any more."""
        self._state.asking.cancel(POINT)

    def leave_lattice(self) -> None:
        """Nobody sees the background any more."""
        self._state.asking.cancel(LATTICE)

    def _decoding(self, kind: type[DecodePlane], points: Floats) -> DecodePlane | None:
        if not self._looks or self.plane is None or self.map is None or not self.map.decodable:
            return None
        selection = self._state.selection
        probe = self._state.answers.probe_of(selection.row, selection.column)
        return kind(self.plane, points, probe)

    # ---- noise -------------------------------------------------------------------------------

    def ask_shares(self) -> None:
        """How much of each picture the noise decides."""
        if self._looks and self.map is not None:
            question = NoiseShares(self.map.images)
            self._state.asking.ask(question, self._set_shares, kind=SHARES, follows=True)

    def leave_shares(self) -> None:
        """Nobody looks at them."""
        self._state.asking.cancel(SHARES)

    def _set_shares(self, found: Floats) -> None:
        self.shares = found
        self.shared.emit()

    # ---- neighbourhoods ----------------------------------------------------------------------

    @property
    def embedded_step(self) -> int:
        """Of which weights the neighbourhoods are."""
        return 0 if self._embedded_of is None else self._embedded_of.step

    def embed(self, anew: bool = False) -> None:
        """Find neighbourhoods, from where they were left; `anew` of the newest codes."""
        if self.map is None or self.map.step == 0 or self.embedding or not self._looks:
            return  # the map of an untrained model is not shown
        self.stopped = False
        if anew or self.places is None or self._embedded_of is None:
            self._embedded_of, self.stages = self.map, 0
        if self.stages < STAGES:
            self.embedding = True
            self._ask_stage(None if self.stages == 0 else self.places)

    def stop_embedding(self, by_hand: bool = False) -> None:
        """What there is stays."""
        self.embedding, self.stopped = False, by_hand
        self._state.asking.cancel(NEAR)
        self.embedded.emit()

    def _ask_stage(self, before: Floats | None) -> None:
        assert self._embedded_of is not None
        question = Neighbourhoods(self._embedded_of.codes, self.stages, before)
        self._state.asking.ask(
            question, self._set_stage, lambda: self.stop_embedding(by_hand=True), kind=NEAR
        )

    def _set_stage(self, places: Floats) -> None:
        self.places, self.stages = places, self.stages + 1
        self.embedding = self.stages < STAGES
        self.embedded.emit()
        if self.embedding:
            self._ask_stage(places)
