"""Whether the pretended GPU is like one."""

from __future__ import annotations

from collections.abc import Callable

import torch

from tests.pretend.apple_operators import without_kernel
from tests.pretend.common import GPU, used
from tests.pretend.seen import watched


def is_like_a_gpu() -> None:
    here, there = torch.arange(3.0), torch.arange(3.0).to(GPU)
    for forbidden in (
        lambda: here + there,
        lambda: there.double(),
        lambda: there.numpy(),
        lambda: torch.randn(3, generator=torch.Generator(GPU)),
        lambda: torch.randn(3, device=GPU, generator=torch.Generator()),
    ):
        try:
            forbidden()
        except (RuntimeError, TypeError):
            continue
        raise AssertionError("a GPU would not have done it")
    looks: list[Callable[[], object]] = [
        lambda: float(there[0]),
        lambda: bool((there > 1).any()),
        lambda: there.nonzero(),
        lambda: there[there > 1],
        lambda: there.repeat_interleave(there.long()),
        lambda: torch.equal(there, there),
    ]
    for look in looks:
        with watched() as seen:
            look()
        assert seen.looks
    with watched() as seen:
        assert there.tolist() == [0, 1, 2] and torch.equal(there.cpu(), here)
    assert len(seen.fetched) == 2 and not seen.looks


def apples_have_all_operators() -> None:
    """As torch lists them: those of all that was tried before."""
    assert len(used) > 100
    assert not without_kernel(used)
