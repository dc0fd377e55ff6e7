"""What the middle of an encoder gives, where it is known."""

from __future__ import annotations

import threading

import torch
from torch import Tensor, nn

from trainer.exploring.features import features, middle_of


class Down(nn.Module):
    """Halves a picture, adds one, and enlarges it again."""

    def __init__(self) -> None:
        super().__init__()
        self.halve, self.same, self.up = nn.AvgPool2d(4), nn.Identity(), nn.Upsample(scale_factor=4)

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        enlarged: Tensor = self.up(self.same(self.halve(x) + 1))
        return enlarged


def test_features_are_the_middles_pictures_pooled() -> None:
    encoder, noise = Down(), torch.zeros(2, 0)
    x = torch.rand(2, 3, 32, 32)
    middle = middle_of(encoder, x[:1], noise[:1])
    assert middle is encoder.same
    found = features(encoder, middle, x, noise)
    wanted = nn.functional.avg_pool2d(x, 8).flatten(1) + 1  # 8 px to a side of 4
    torch.testing.assert_close(found, wanted)
    assert not encoder.same._forward_hooks, "none stays behind"


class Shared(Down):
    """Another thread draws with the same weights, amid each pass of this one."""

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        mine = super().forward(x, noise)
        if threading.current_thread() is threading.main_thread():
            other = threading.Thread(target=self, args=(torch.zeros(8, 3, 64, 64), noise))
            other.start()
            other.join()
        return mine


def test_what_other_threads_draw_is_not_heard() -> None:
    encoder, noise, x = Shared(), torch.zeros(2, 0), torch.rand(2, 3, 32, 32)
    middle = middle_of(encoder, x[:1], noise[:1])
    assert middle is encoder.same
    assert features(encoder, middle, x, noise).shape == (2, 3 * 16)
