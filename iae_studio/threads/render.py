"""The thread that renders: the newest question wins, the newest weights answer."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.threads.drawing import draw, no_picture
from iae_studio.threads.engine import load_engine, no_engine
from iae_studio.threads.explore import Explorers
from iae_studio.threads.failures import describe, lost_of
from iae_studio.threads.giving_back import give_back_much
from iae_studio.threads.subject import Subject
from iae_studio.threads.weights import MomentLostError, load_moment, read_ahead
from iae_studio.threads.weights_at_hand import Asked, WeightsAtHand
from trainer.devices.faults import lost_in_words
from trainer.devices.records import AUTO, FoundDevices
from trainer.messages import Cloud, Clusters, DeviceLostError, Failed, ModelFacts, Probe, Rendering
from trainer.storage.snapshots import Moment

if TYPE_CHECKING:
    from trainer.inference.snapshot import Snapshot


class RenderThread(QThread):
    """Answers the newest probe with the weights of what is displayed, again with newer ones."""

    ready = Signal(FoundDevices)  # the engine is loaded, and which devices there are
    factsKnown = Signal(ModelFacts, int)  # with the stamp of the probe that asked
    previewed = Signal(Rendering)  # its first row, while the others are on their way
    rendered = Signal(Rendering)
    clouded = Signal(Cloud)
    clustered = Signal(Clusters)
    failed = Signal(Failed)
    recovered = Signal()  # what failed before is drawn again
    fellBack = Signal()  # the GPU's memory is full: the CPU draws ...
    cameBack = Signal()  # ... and now the GPU again
    # To this probe there is no picture, and whether there are at least weights to draw with.
    blank = Signal(int, bool)
    broken = Signal()  # the engine itself could not be loaded
    deviceLost = Signal(object)  # Lost: what is shown stays until another one is to be used
    momentLost = Signal(Moment, Failed)  # it cannot be shown, and why; the newest weights are

    def __init__(self, explorers: Explorers | None = None, parent: QObject | None = None) -> None:
        """`explorers` answer other questions to the same weights."""
        super().__init__(parent)
        self._explorers = explorers
        self._shared: Snapshot | None = None
        self._wake = threading.Condition()
        self._probe: Probe | None = None
        self._clusters = False
        self._displayed: DisplayedModel | None = None
        self._folders = Folders()
        self._device = AUTO
        self._live: Snapshot | None = None
        self._moment: Moment | None = None
        self._near: tuple[Moment, ...] = ()
        self._due = self._reload = self._quit = False
        # The thread's own: what it has in hand, and what it said of what is displayed.
        self._weights = WeightsAtHand()
        self._short = False  # of memory: the CPU drew last
        self._has_weights = False  # for the question in hand
        self._complained = ""

    def ask(self, probe: Probe, clusters: bool = False) -> None:
        """Answer this probe next, in place of any that waits; or show it all categories."""
        with self._wake:
            self._probe, self._clusters, self._due = probe, clusters, True
            self._wake.notify()

    def show(self, displayed: DisplayedModel, folders: Folders) -> None:
        """Answer with these weights from now on; their data lie in one of the folders."""
        with self._wake:
            self._displayed, self._folders, self._due, self._reload = displayed, folders, True, True
            if self._explorers is not None:
                self._explorers.hold()
            self._wake.notify()

    def look_at(self, moment: Moment | None, near: tuple[Moment, ...] = ()) -> None:
        """Answer what is asked next with the weights of that moment; None: with the newest.

        Those `near` are read while nothing is asked: a hand may want them next.
        """
        with self._wake:
            self._moment, self._near, self._shared = moment, near, None
            if self._explorers is not None:
                self._explorers.hold()

    def use_device(self, device: str) -> None:
        """Answer on this device from now on, by its name."""
        with self._wake:
            self._device, self._due, self._reload = device, True, True
            self._weights.shortage.over()
            self._wake.notify()

    def prefer(self, device: str) -> None:
        """Before the start: answer on this device, if it is there and works."""
        self._device = device

    def offer(self, snapshot: Snapshot) -> None:
        """New weights of the running training; may be called from any thread."""
        with self._wake:
            self._live = snapshot
            if self._moment is None and self._displayed is not None and self._displayed.live:
                self._due = True
                self._wake.notify()

    def training_over(self, next_begins: bool) -> None:
        """Its live weights are let go, unless others are on their way; its memory is there."""
        with self._wake:
            if not next_begins:
                self._live = None
            self._weights.shortage.over()
            if self._short:  # draw again what is shown
                self._due = True
                self._wake.notify()

    def ask_to_end(self) -> None:
        """End the thread after the picture in hand; returns at once."""
        with self._wake:
            self._quit = True
            self._wake.notify()

    def run(self) -> None:
        try:
            found = load_engine()
            with self._wake:
                if self._device not in {device.name for device in found.usable}:
                    self._device = AUTO
            self.ready.emit(found)
        except Exception as error:
            self.failed.emit(no_engine(error))
            self.broken.emit()
            return
        while self._answer_next():
            pass  # what it was answered with is not held while nothing is asked

    def _answer_next(self) -> bool:
        with self._wake:
            self._wake.wait_for(lambda: self._due or self._quit)
            if self._quit:
                return False
            if renewed := self._reload:
                self._complained, self._shared = "", None
                self._weights.forget()
            self._due = self._reload = False
            if self._displayed is None or self._probe is None:
                return True
            asked = Asked(
                *(self._probe, self._clusters, self._displayed, self._moment),
                *(self._live, self._folders, self._device),
            )
        try:
            drawn = self._picture(asked)
        except MomentLostError as lost:
            self._lose(lost)
        except DeviceLostError as lost:
            self._give_up(lost)
        except Exception as error:
            self._weights.drop()  # the next question tries again
            self._complain(no_picture(describe(error)))
            self.blank.emit(asked.probe.stamp, self._has_weights)
        else:
            if not drawn:
                self.blank.emit(asked.probe.stamp, False)
            elif renewed:
                give_back_much()  # the model before was a larger one, perhaps
        return True

    def _picture(self, asked: Asked) -> bool:
        """Draw on the device that was chosen, or where that has no room, on the CPU."""
        was_short = self._short
        try:
            drawn = self._picture_on_one(asked)
        except Exception as error:
            if not self._weights.begins_to_lack(error, asked):
                raise
            self._shared, self._short = None, True
        else:
            self._short = self._weights.shortage.lasts
            if was_short and not self._short:
                self.cameBack.emit()
            return drawn
        if not was_short:
            self.fellBack.emit()
        return self._picture_on_one(asked)

    def _picture_on_one(self, asked: Asked) -> bool:
        """False if there are no weights to draw with."""
        self._has_weights = False
        snapshot = self._weights.of(asked)
        self._has_weights = snapshot is not None
        if snapshot is None:
            return False
        share = partial(self._share, snapshot, asked)
        if asked.moment is None:  # else a hand moves the time: its pictures come first
            share()
        try:
            with lost_in_words(snapshot.device):
                draw(snapshot, asked.probe, asked.clusters, self)
        finally:
            share()
        if self._complained:
            self._complained = ""
            self.recovered.emit()
        self._read_ahead(asked)
        return True

    def _read_ahead(self, asked: Asked) -> None:
        """Moments that a hand may want next, one by one, until something is asked."""
        with self._wake:
            near, self._near = self._near, ()
        load = partial(load_moment, asked.displayed, asked.folders, self._weights.device)
        read_ahead(near, load, lambda: self._due or self._quit)

    def _lose(self, lost: MomentLostError) -> None:
        """The newest weights answer in its place, unless another moment is wanted by now."""
        with self._wake:
            if self._moment == lost.moment:
                self._moment = None
            self._due = True
        self._weights.read_again()
        self.momentLost.emit(lost.moment, lost.why)

    def _give_up(self, error: DeviceLostError) -> None:
        """Nothing on that GPU is asked again; whoever hears of it names another device."""
        self._weights.forget()
        with self._wake:
            live, self._shared = self._live, None
            self._live = None if live is not None and str(live.device) == error.device else live
        self.deviceLost.emit(lost_of(error))

    def _share(self, snapshot: Snapshot, asked: Asked) -> None:
        """Unless something else is to be shown by now."""
        if self._explorers is None:
            return
        displayed, moment = asked.displayed, asked.moment
        root = asked.folders.of(displayed.recipe.data.name)
        with self._wake:
            if not self._reload and moment == self._moment and snapshot is not self._shared:
                self._shared = snapshot
                file, live = (moment.path, False) if moment else (None, displayed.live)
                self._explorers.show(Subject(snapshot, displayed.path, root, file, live))

    def _complain(self, told: Failed) -> None:
        """Told once, not at each question; not of what is displayed no more."""
        if not self._reload and str(told) != self._complained:
            self._complained = str(told)
            self.failed.emit(told)
