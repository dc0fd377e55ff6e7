"""What a snapshot answers to the question of the middle: pictures, points, or all categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from trainer.messages import Failed, Probe

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from trainer.inference.snapshot import Snapshot


class Told(Protocol):
    """Who hears the answer."""

    factsKnown: SignalInstance
    previewed: SignalInstance
    rendered: SignalInstance
    clouded: SignalInstance
    clustered: SignalInstance


def draw(snapshot: Snapshot, probe: Probe, clusters: bool, told: Told) -> None:
    """Answer a probe, or with `clusters` show all categories."""
    from trainer.inference.render import render, render_clusters, sample_cloud

    told.factsKnown.emit(snapshot.facts(), probe.stamp)
    recipe = snapshot.recipe
    if recipe.two_dimensional:
        seed = probe.noise_seeds[0] if probe.noise_seeds else 0
        told.clouded.emit(sample_cloud(snapshot, probe.stamp, seed, probe.noise_scale))
    elif clusters and recipe.categorical:
        told.clustered.emit(render_clusters(snapshot, probe))
    # A question asked before the model was exchanged may hold images of another shape.
    elif len(probe.images) and probe.images.shape[1:] == recipe.image_shape:
        ahead = told.previewed.emit if len(probe.images) > 1 else None
        told.rendered.emit(render(snapshot, probe, ahead))


def no_picture(failed: Failed) -> Failed:
    """What failed, said of a picture."""
    if not failed.memory_full:
        return failed
    remedy = "Close other programs, or show fewer images; the next question tries it again."
    return Failed("There is no memory left for this picture.", remedy, trace=failed.trace)
