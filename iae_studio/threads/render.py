"""The thread that renders: the newest question wins, the newest weights answer."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from iae_studio.state.session import Shown
from iae_studio.threads.failures import describe
from trainer.messages import Cloud, Clusters, Failed, ModelFacts, Probe, Rendering

if TYPE_CHECKING:
    from trainer.inference.snapshot import Snapshot


class RenderThread(QThread):
    """Answers probes with the weights of what is shown. One slot: a newer probe replaces an

    unanswered one. New live weights answer the last probe again.
    """

    ready = Signal(str)  # the engine is loaded; the device's name
    factsKnown = Signal(ModelFacts)
    previewed = Signal(Rendering)  # its first row, while the others are on their way
    rendered = Signal(Rendering)
    clouded = Signal(Cloud)
    clustered = Signal(Clusters)
    failed = Signal(Failed)
    blank = Signal()  # what is shown could not be loaded: there is nothing to see of it
    broken = Signal()  # the engine itself could not be loaded

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root: Path | None = None
        self._wake = threading.Condition()
        self._probe: Probe | None = None
        self._clusters = False
        self._shown: Shown | None = None
        self._live: Snapshot | None = None
        self._due = False
        self._reload = False
        self._quit = False

    def ask(self, probe: Probe, clusters: bool = False) -> None:
        """Answer this probe next, in place of any that waits; or show it all categories."""
        with self._wake:
            self._probe, self._clusters, self._due = probe, clusters, True
            self._wake.notify()

    def show(self, shown: Shown, root: Path | None = None) -> None:
        """Answer with these weights from now on; `root` is the folder of their data."""
        with self._wake:
            self._shown, self._root, self._due, self._reload = shown, root, True, True
            self._wake.notify()

    def offer(self, snapshot: Snapshot) -> None:
        """New weights of the running training; may be called from any thread."""
        with self._wake:
            self._live = snapshot
            if self._shown is not None and self._shown.live:
                self._due = True
                self._wake.notify()

    def shut_down(self) -> None:
        """End the thread; returns when it has."""
        with self._wake:
            self._quit = True
            self._wake.notify()
        self.wait()

    def run(self) -> None:
        try:
            self.ready.emit(_load_engine())
        except Exception as error:
            told = describe(error)
            remedy = "Reinstall it with: pip install --force-reinstall torch torchvision."
            self.failed.emit(Failed(f"The engine cannot be loaded. {told.what}", remedy))
            self.broken.emit()
            return
        loaded: Shown | None = None
        snapshot: Snapshot | None = None
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._due or self._quit)
                if self._quit:
                    return
                probe, clusters = self._probe, self._clusters
                shown, live, root = self._shown, self._live, self._root
                if self._reload:
                    loaded = None
                self._due = self._reload = False
            if shown is None:
                continue
            try:
                if shown.live and live is not None and live.recipe == shown.recipe:
                    snapshot, loaded = live, None
                elif loaded != shown:
                    snapshot, loaded = _load(shown, root), shown
                if snapshot is not None:
                    self._answer(snapshot, probe, clusters)
            except Exception as error:
                loaded = shown  # told once, not at each probe
                snapshot = None
                self.failed.emit(describe(error))
                self.blank.emit()

    def _answer(self, snapshot: Snapshot, probe: Probe | None, clusters: bool) -> None:
        from trainer.inference.render import render, render_clusters, sample_cloud

        self.factsKnown.emit(snapshot.facts())
        recipe = snapshot.recipe
        if probe is None:
            return
        if recipe.two_dimensional:
            seed = probe.noise_seeds[0] if probe.noise_seeds else 0
            self.clouded.emit(sample_cloud(snapshot, probe.stamp, seed, probe.noise_scale))
        elif clusters and recipe.categorical:
            self.clustered.emit(render_clusters(snapshot, probe))
        # A question asked before the model was exchanged may hold images of another shape.
        elif len(probe.images) and probe.images.shape[1:] == recipe.image_shape:
            ahead = self.previewed.emit if len(probe.images) > 1 else None
            self.rendered.emit(render(snapshot, probe, ahead))


def _load(shown: Shown, root: Path | None) -> Snapshot:
    from trainer.inference.model_files import load_snapshot
    from trainer.inference.snapshot import fresh_snapshot
    from trainer.training.device import choose_device

    device = choose_device("auto")  # and its precision, or training would change the pixels
    path = shown.path
    if path is None or (path.is_dir() and not (path / "state.safetensors").exists()):
        return fresh_snapshot(shown.recipe, device, root)
    return load_snapshot(path, device, root)


def _load_engine() -> str:
    """Import torch here, where a wait of seconds does not matter; the device that there is."""
    import torch

    import trainer.inference.model_files
    from trainer.training.device import use_threads

    assert trainer.inference.model_files
    use_threads()
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return "CPU"
