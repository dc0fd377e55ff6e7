"""How a pair discriminator reads the latent code (Appendix B.1, and one addition)."""

from __future__ import annotations

from torch import Tensor, nn


class LocationDependent(nn.Module):
    """z -> FC 1000 ReLU -> a map [N, 1, H, W], added to every channel as an adaptive bias."""

    def __init__(self, code: int, height: int, width: int, hidden: int = 1000) -> None:
        super().__init__()
        self.shape = (1, height, width)
        self.net = nn.Sequential(
            nn.Linear(code, hidden), nn.ReLU(), nn.Linear(hidden, height * width)
        )

    def forward(self, features: Tensor, code: Tensor) -> Tensor:
        biased: Tensor = features + self.net(code).unflatten(1, self.shape)
        return biased


class LocationInvariant(nn.Module):
    """z -> a linear map [N, channels], added to every place as an adaptive bias."""

    def __init__(self, code: int, channels: int) -> None:
        super().__init__()
        self.net = nn.Linear(code, channels)

    def forward(self, features: Tensor, code: Tensor) -> Tensor:
        biased: Tensor = features + self.net(code)[:, :, None, None]
        return biased


def conditioning(kind: str, code: int, channels: int, side: int, hidden: int = 1000) -> nn.Module:
    """The adaptive bias of the first convolution; "projection" keeps the location-dependent one."""
    if kind == "invariant":
        return LocationInvariant(code, channels)
    return LocationDependent(code, side, side, hidden)


class Head(nn.Module):
    """The last hidden layer, if there is one, and the logit; a projection reads the code here too.

    Projection (Miyato and Koyama 2018; not in the paper): the code is added to the hidden layer,
    and the inner product of a linear map of the code with the features is added to the logit.
    """

    def __init__(self, features: int, hidden: int, code: int, projection: bool, norm: bool) -> None:
        super().__init__()
        self.hidden = nn.Linear(features, hidden) if hidden else nn.Identity()
        self.activation: nn.Module = nn.Identity()
        if hidden:
            self.activation = nn.Sequential(
                nn.LeakyReLU(0.2) if projection else nn.ReLU(),
                nn.BatchNorm1d(hidden) if norm else nn.Identity(),
            )
        width = hidden or features
        self.logit = nn.Linear(width, 1)
        self.add = nn.Linear(code, width, bias=False) if projection else None
        self.inner = nn.Linear(code, width, bias=False) if projection else None

    def forward(self, features: Tensor, code: Tensor | None) -> Tensor:
        hidden = self.hidden(features)
        if self.add is not None:
            hidden = hidden + self.add(code)
        hidden = self.activation(hidden)
        logit: Tensor = self.logit(hidden).squeeze(1)
        if self.inner is not None:
            logit = logit + (self.inner(code) * hidden).sum(1) / hidden.shape[1] ** 0.5
        return logit
