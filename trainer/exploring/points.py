"""The point that a tile is drawn at: its code and its noise, and the maps that draw from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from trainer.inference.pixels import to_pixels, to_tensor
from trainer.inference.render import chunks, edited_code, encode_image, probe_noise
from trainer.inference.snapshot import Snapshot
from trainer.messages import Pixels, Probe

Draw = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Point:
    """Where one tile of a probe comes from.

    given: what the drawing map gets beside its noise, without a batch dimension: the code [K]; the
    image [C, H, W] where it is the encoder that draws, and the code picture where only the decoder
    has noise. noise [n]: of that map; [0] where it has none. draw: both, batched, to pictures
    float32 [N, C, H, W] in [0, 1]; it can be differentiated.
    """

    given: Tensor
    noise: Tensor
    draw: Draw

    @property
    def has_code(self) -> bool:
        """Whether `given` is a code vector that can be moved."""
        return self.given.dim() == 1


@torch.inference_mode()
def points_of(snapshot: Snapshot, probe: Probe) -> list[Point]:
    """The points of a probe's first image, one for each of its noise seeds.

    They draw the tiles that `render` answers, pixel for pixel by `drawn`.
    """
    model = snapshot.model
    noise, eps = probe_noise(snapshot, probe)
    picture = probe.images[0]
    if snapshot.recipe.varies_code:
        x = to_tensor(picture[None])[0].to(snapshot.device)
        return [Point(x, vector, model.encode) for vector in eps]
    codes = edited_code(snapshot, probe, encode_image(snapshot, picture, eps))
    return [Point(code, vector, model.decode) for code, vector in zip(codes, noise, strict=True)]


@torch.inference_mode()
def drawn(point: Point, given: Tensor, noise: Tensor) -> Pixels:
    """What a point's map draws of [N, ...] with [N, n]: uint8 [N, H, W, C].

    In batches of a fixed shape, so that the same code and noise always give the same pixels.
    """
    pairs = zip(chunks(given), chunks(noise), strict=True)
    parts = [to_pixels(point.draw(z, n)) for z, n in pairs]
    return torch.cat([torch.from_numpy(part) for part in parts])[: len(given)].numpy()
