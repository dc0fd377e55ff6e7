"""The input images, and what the displayed network sees of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal

from iae_studio.state.displayed import Displayed
from iae_studio.state.input_list import Input, InputList, InputSpec, KeptInputs, spec_of
from iae_studio.state.test_request import TestRequest, data_of
from trainer.messages import Pixels
from trainer.recipe.recipe import Recipe


class InputImages(QObject):
    """All inputs; `images` are those that the displayed network can see."""

    # The displayed network sees other images: ask it. With pairs of Inputs, of before and now,
    # where those that waited were seen anew; else with none.
    exchanged = Signal(object)
    changed = Signal()  # for views: other images, or some on their way
    testsWanted = Signal(TestRequest)
    sketchWanted = Signal(object, object, bool)  # uint8 [H, W], InputSpec, whether to keep it
    specWanted = Signal(object, object)  # list[Input] to be seen anew, InputSpec

    def __init__(self, displayed: Displayed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._displayed = displayed
        self._list = InputList(spec_of(displayed.recipe) or InputSpec((28, 28, 1), True))
        self.images: list[Input] = []
        self._asked = 0
        self._request: TestRequest | None = None  # the newest
        self.awaits_tests = False
        self._had_tests = False  # and lost them, because they were made for another network

    @property
    def spec(self) -> InputSpec:
        """How the displayed network, or the last one of images, sees."""
        return self._list.spec

    @property
    def _shows_points(self) -> bool:
        return self._displayed.recipe.two_dimensional

    def see_as(self, recipe: Recipe) -> None:
        """Another network looks: what the user brought is seen anew where it sees otherwise."""
        spec = spec_of(recipe)
        if spec is not None and spec != self.spec:
            self._had_tests = self._had_tests or self._list.has_tests()
            self._list.see_as(spec)
            self.images = self._list.fitting()
            self.changed.emit()
            self._see_stale()

    # ---- the pad -----------------------------------------------------------------------------

    def sketch(self, drawing: Pixels) -> None:
        """Read a drawing off this thread; it comes back by `set_sketch`."""
        self.sketchWanted.emit(drawing, self.spec, False)

    def keep_drawing(self, drawing: Pixels) -> None:
        """Read a whole drawing, which then stays as a row of its own."""
        self.sketchWanted.emit(drawing, self.spec, True)

    def set_sketch(self, drawing: Input | None) -> None:
        """The drawing is one row, at the top, that follows the pen."""
        self._list.set_sketch(drawing)
        self._changed()
        self._see_stale()

    def keep_sketch(self) -> list[Input]:
        """Let the drawing, which is handed back, stay as a row of its own; the pad is free."""
        kept = self._list.keep_sketch()
        self._changed()
        return kept

    # ---- the list ----------------------------------------------------------------------------

    def add(self, inputs: list[Input]) -> None:
        """New images go on top; the oldest fall off the end."""
        if inputs:
            self._list.add(inputs)
            self._changed()
            self._see_stale()

    def remove(self, row: int) -> None:
        """Take one of `images` away."""
        if 0 <= row < len(self.images):
            self._list.remove(self.images[row])
            self._changed()

    def clear(self) -> None:
        """Take all images away."""
        self._list.clear()
        self._changed()

    def exchange(self, pairs: Iterable[tuple[Input, Input]]) -> None:
        """What waited was seen anew; for another network by now, another answer is on its way."""
        current = [pair for pair in pairs if pair[1].spec == self.spec]
        if current:
            self._list.exchange(current)
            self._changed(current)

    def is_stale(self, known: Input) -> bool:
        """Whether the displayed network is about to see it anew."""
        return known in self._list.stale()

    def _see_stale(self) -> None:
        stale = self._list.stale()
        if stale:
            self.specWanted.emit(stale, self.spec)

    def _changed(self, seen_anew: Sequence[tuple[Input, Input]] = ()) -> None:
        self.images = self._list.fitting()
        self.exchanged.emit(seen_anew)
        self.changed.emit()

    def all(self) -> tuple[Input, ...]:
        """All there are, whether the displayed network has seen them yet or not."""
        return self._list.all()

    def brought(self) -> tuple[Input, ...]:
        """What the user brought, whether the displayed network has seen it yet or not."""
        return self._list.brought()

    def kept(self) -> KeptInputs:
        """All inputs as they are now, for `restore`."""
        return KeptInputs(
            self._list.all(), self._request, self._asked, self.awaits_tests, self.spec
        )

    @property
    def pending(self) -> bool:
        """Whether some are on their way without anybody's doing: tests, what is seen anew."""
        return self.awaits_tests or bool(self._list.stale())

    def expect(self, kept: KeptInputs) -> None:
        """These will be restored as soon as another model is displayed: ask for no tests."""
        self._request, self._asked = kept.request, kept.asked
        self._had_tests = self.awaits_tests = False

    def restore(self, kept: KeptInputs) -> None:
        """The inputs of before; what another network saw is seen anew, what was awaited asked."""
        self.expect(kept)
        spec = kept.spec if kept.spec is not None and self._shows_points else self.spec
        if (self._list.all(), self.spec) != (kept.inputs, spec):
            self._list.spec = spec  # of points: the last network of images
            self._list.restore(kept.inputs)
            self._changed()
            self._see_stale()
        if kept.awaits and kept.request is not None:
            self._set_awaits(True)
            self.testsWanted.emit(kept.request)

    # ---- test images -------------------------------------------------------------------------

    def want_tests(self) -> None:
        """Other test images each time."""
        if not self._shows_points:
            self._ask_for_tests(self._asked)
            self._asked += 1

    @property
    def tests_seed(self) -> int | None:
        """What the test images that are there, or on their way, were chosen by; None without."""
        if not (self.awaits_tests or self._had_tests or self._list.has_tests()):
            return None
        return self._asked if self._request is None else self._request.seed

    def restore_tests(self, seed: int | None) -> None:
        """`renew_tests` is to take those of that seed; with None there are to be none."""
        model = self._displayed.model
        self._had_tests = seed is not None
        self._asked = seed or 0
        self._request = TestRequest(model.recipe, 0, model.path) if seed is None else None

    def bring_tests(self, seed: int) -> None:
        """Those chosen by that seed are about to be added, as far as they are still wanted."""
        model = self._displayed.model
        self._had_tests, self._asked = False, seed + 1
        self._request = TestRequest(model.recipe, seed, model.path)
        self._list.replace_tests([])
        self.awaits_tests = False
        self._changed()

    def _ask_for_tests(self, seed: int) -> None:
        self._request = TestRequest(self._displayed.recipe, seed, self._displayed.model.path)
        self._had_tests = False
        self._set_awaits(True)
        self.testsWanted.emit(self._request)

    def renew_tests(self) -> None:
        """Test images of the data now displayed, unless the user sent the last ones away."""
        known = None if self._request is None else self._request.data
        wanted = data_of(self._displayed.recipe, self._displayed.model.path)
        if self._shows_points or wanted == known:
            return
        had = self._had_tests or self._list.has_tests()
        # Those on their way were asked for by the recipe before, and will not fit this one.
        if not (had or self.awaits_tests or not len(self._list)):
            return
        if self._request is not None and known is not None and known[:-1] == wanted[:-1]:
            self._ask_for_tests(self._request.seed)  # the same, but for what the run trained on
        else:
            self.want_tests()

    def replace_tests(self, request: TestRequest, images: list[Input]) -> None:
        """New test images, unless others were asked for since, which are on their way."""
        if request is self._request:
            if self._list.holds(images):  # asked for by another model of the same data
                self._set_awaits(False)
                return
            self.awaits_tests = False
            if all(known.spec == self.spec for known in images):
                self._list.replace_tests(images)
            self._changed()

    def lack_tests(self, request: TestRequest) -> None:
        """The test images that were asked for cannot be had."""
        if request is self._request:
            self._set_awaits(False)

    def _set_awaits(self, awaits: bool) -> None:
        self.awaits_tests = awaits
        self.changed.emit()
