"""The optimiser of all that learns here: it trains on the CPU though a GPU was lost."""

from __future__ import annotations

import torch


class Adam(torch.optim.Adam):
    """torch's own, without a question that each of its steps asks.

    Where torch sees a GPU, a step asks it whether a CUDA graph is being captured, even if all
    weights lie on the CPU. A GPU that was lost answers with an error, and then nothing in this
    process could learn on the CPU. The answer warns of settings alone, and ours are right: what is
    captured is capturable.
    """

    def _accelerator_graph_capture_health_check(self) -> None:
        pass

    # As older torches call it.
    def _cuda_graph_capture_health_check(self) -> None:
        pass
