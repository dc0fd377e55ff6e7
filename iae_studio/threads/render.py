"""The thread that renders: the newest question wins, the newest weights answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from iae_studio.state.displayed import DisplayedModel
from iae_studio.state.folders import Folders
from iae_studio.threads.engine import load_engine, no_engine
from iae_studio.threads.explore import Explorers, Subject
from iae_studio.threads.failures import describe, lost_of
from iae_studio.threads.weights import MomentLostError, load_moment, load_newest, read_ahead
from trainer.devices.faults import lost_in_words
from trainer.devices.records import FoundDevices
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
    blank = Signal(int)  # to this probe: what is displayed could not be loaded
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
        self._device = "auto"
        self._live: Snapshot | None = None
        self._moment: Moment | None = None
        self._near: tuple[Moment, ...] = ()
        self._due = False
        self._reload = False
        self._quit = False
        # The thread's own: what it has in hand, and what it said of what is displayed.
        self._loaded: tuple[DisplayedModel, Moment | None] | None = None
        self._snapshot: Snapshot | None = None
        self._newest: tuple[DisplayedModel, Snapshot] | None = None  # as the disk has them
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
            self._wake.notify()

    def offer(self, snapshot: Snapshot) -> None:
        """New weights of the running training; may be called from any thread."""
        with self._wake:
            self._live = snapshot
            if self._moment is None and self._displayed is not None and self._displayed.live:
                self._due = True
                self._wake.notify()

    def ask_to_end(self) -> None:
        """End the thread after the picture in hand; returns at once."""
        with self._wake:
            self._quit = True
            self._wake.notify()

    def run(self) -> None:
        try:
            self.ready.emit(load_engine())
        except Exception as error:
            self.failed.emit(no_engine(error))
            self.broken.emit()
            return
        self._serve()

    def _serve(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._due or self._quit)
                if self._quit:
                    return
                probe, clusters = self._probe, self._clusters
                displayed, live = self._displayed, self._live
                folders, device, moment = self._folders, self._device, self._moment
                if self._reload:
                    self._loaded, self._complained, self._shared = None, "", None
                    self._newest = None
                self._due = self._reload = False
            if displayed is None or probe is None:
                continue
            try:
                if not self._follows(displayed, moment, live):
                    self._load(displayed, folders, device, moment)
                if self._snapshot is not None:
                    share = partial(self._share, self._snapshot, displayed, moment, folders)
                    if moment is None:  # else a hand moves the time: its pictures come first
                        share()
                    self._draw(self._snapshot, probe, clusters, share)
                    self._read_ahead(displayed, folders, device)
                    continue
            except (MomentLostError, DeviceLostError) as lost:
                self._give_up(lost) if isinstance(lost, DeviceLostError) else self._lose(lost)
                continue
            except Exception as error:
                self._snapshot, self._loaded = None, None  # the next question tries again
                self._complain(describe(error))
            self.blank.emit(probe.stamp)

    def _follows(
        self, displayed: DisplayedModel, moment: Moment | None, live: Snapshot | None
    ) -> bool:
        """Take the weights of the running training, if it is that which is shown."""
        follows = moment is None and displayed.live
        if follows and live is not None and live.recipe == displayed.recipe:
            self._snapshot, self._loaded = live, None
            return True
        return False

    def _load(
        self, displayed: DisplayedModel, folders: Folders, device: str, moment: Moment | None
    ) -> None:
        """Take the weights of a moment, or the newest on the disk, which are read once."""
        if self._loaded == (displayed, moment):
            return
        if moment is not None:
            self._snapshot = load_moment(displayed, folders, device, moment)
        else:
            if self._newest is None or self._newest[0] != displayed:
                self._newest = displayed, load_newest(displayed, folders, device)
            self._snapshot = self._newest[1]
        self._loaded = displayed, moment

    def _read_ahead(self, displayed: DisplayedModel, folders: Folders, device: str) -> None:
        """Moments that a hand may want next, one by one, until something is asked."""
        with self._wake:
            near, self._near = self._near, ()
        load = partial(load_moment, displayed, folders, device)
        read_ahead(near, load, lambda: self._due or self._quit)

    def _lose(self, lost: MomentLostError) -> None:
        """The newest weights answer in its place, unless another moment is wanted by now."""
        with self._wake:
            if self._moment == lost.moment:
                self._moment = None
            self._due = True
        self._loaded = None
        self.momentLost.emit(lost.moment, lost.why)

    def _give_up(self, error: DeviceLostError) -> None:
        """Nothing on that GPU is asked again; whoever hears of it names another device."""
        self._snapshot, self._loaded, self._newest = None, None, None
        with self._wake:
            self._shared = None
            if self._live is not None and str(self._live.device) == error.device:
                self._live = None
        self.deviceLost.emit(lost_of(error))

    def _share(
        self,
        snapshot: Snapshot,
        displayed: DisplayedModel,
        moment: Moment | None,
        folders: Folders,
    ) -> None:
        """Unless something else is to be shown by now."""
        if self._explorers is None:
            return
        root = folders.of(displayed.recipe.data.name)
        with self._wake:
            if not self._reload and moment == self._moment and snapshot is not self._shared:
                self._shared = snapshot
                file = None if moment is None else moment.path
                live = displayed.live and moment is None
                self._explorers.show(Subject(snapshot, displayed.path, root, file, live))

    def _draw(
        self, snapshot: Snapshot, probe: Probe, clusters: bool, then: Callable[[], None]
    ) -> None:
        try:
            with lost_in_words(snapshot.device):
                self._answer(snapshot, probe, clusters)
        finally:
            then()
        if self._complained:
            self._complained = ""
            self.recovered.emit()

    def _complain(self, told: Failed) -> None:
        """Told once, not at each question; not of what is displayed no more."""
        if not self._reload and str(told) != self._complained:
            self._complained = str(told)
            self.failed.emit(told)

    def _answer(self, snapshot: Snapshot, probe: Probe, clusters: bool) -> None:
        from trainer.inference.render import render, render_clusters, sample_cloud

        self.factsKnown.emit(snapshot.facts(), probe.stamp)
        recipe = snapshot.recipe
        if recipe.two_dimensional:
            seed = probe.noise_seeds[0] if probe.noise_seeds else 0
            self.clouded.emit(sample_cloud(snapshot, probe.stamp, seed, probe.noise_scale))
        elif clusters and recipe.categorical:
            self.clustered.emit(render_clusters(snapshot, probe))
        # A question asked before the model was exchanged may hold images of another shape.
        elif len(probe.images) and probe.images.shape[1:] == recipe.image_shape:
            ahead = self.previewed.emit if len(probe.images) > 1 else None
            self.rendered.emit(render(snapshot, probe, ahead))
