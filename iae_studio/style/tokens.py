"""The one table of colours, distances and sizes that the window is dressed from."""

from __future__ import annotations

from dataclasses import dataclass

GRID, GAP, PAD, RADIUS = 4, 8, 12, 6
CAPTION, TEXT, TITLE = 11, 13, 16  # px, where the system asks for no more


@dataclass(frozen=True)
class Tokens:
    """Colours by meaning. Every text colour keeps 4.5:1 on `panel`."""

    window: str
    panel: str
    raised: str  # buttons and inputs
    line: str  # hairlines
    text: str
    muted: str  # captions
    accent: str  # the one primary action: content blue
    content: str
    style: str
    reconstruction: str
    regularisation: str
    error: str
    on_accent: str


DARK = Tokens(
    window="#131518",
    panel="#1a1d21",
    raised="#272b31",
    line="#31363d",
    text="#e7e9ec",
    muted="#9ba3ae",
    accent="#5ea6ff",
    content="#5ea6ff",
    style="#f2ac42",
    reconstruction="#3cc7b2",
    regularisation="#ac8ffb",
    error="#ff736c",
    on_accent="#07131f",
)
LIGHT = Tokens(
    window="#eceef1",
    panel="#f9fafb",
    raised="#ffffff",
    line="#d3d8de",
    text="#1a1e23",
    muted="#59626e",
    accent="#1763cf",
    content="#1763cf",
    style="#a06000",
    reconstruction="#08705f",
    regularisation="#6a41d6",
    error="#bf2626",
    on_accent="#ffffff",
)
