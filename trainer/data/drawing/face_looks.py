"""What drawn faces can look like: hair styles, glasses, beards, and colours."""

from __future__ import annotations

GLASSES = ("none", "none", "round", "square")
FRINGES = ("curtain", "parted", "straight")
EARRINGS = ("none", "studs", "drops")
BEARDS = ("none", "stubble", "moustache", "full")
# Per style: what the hair adds to the head at the sides and on top; how far down it ends at the
# shortest and at the longest; how it widens on the way; the size of its waves and of its curls;
# the radius of its bun; its opacity. In units but for the widening and the opacity.
HAIR_STYLES: tuple[dict[str, tuple[float, ...]], ...] = (
    {
        "straight": (4.5, 5, 82, 104, 0, 0, 0, 0, 1),
        "wavy": (5, 5, 82, 104, 0.1, 1.5, 0, 0, 1),
        "bob": (5, 5, 66, 78, 0.14, 0, 0, 0, 1),
        "curly": (9, 8, 74, 92, 0.08, 0, 3.5, 0, 1),
        "bun": (4, 3.5, 80, 100, 0, 0, 0, 7.5, 1),
    },
    {
        "bald": (0, 0, 48, 48, 0, 0, 0, 0, 0),
        "cropped": (0.8, 0.8, 48, 48, 0, 0, 0, 0, 0.75),
        "parted": (1.6, 3, 50, 50, 0, 0, 0, 0, 1),
        "quiff": (1.4, 4.5, 48, 48, 0, 0, 0, 0, 1),
        "curly": (3.5, 6, 49, 49, 0, 0, 2.8, 0, 1),
    },
)

# Colours, RGB. Between neighbours in a ramp lie only colours that look well too.
SKINS = ("ffdfc8", "f6c8a4", "e3a97d", "c3875a", "955f40", "653f30")
HAIR_COLOURS = (
    *("2b2529", "3d2b28", "6a4331", "8f5a37", "b8633a", "dfa957"),
    *("ecd6a2", "bcb9bf", "dc8aa2", "6f73ae"),  # the last two are dyed
)
BACKGROUNDS = ("f2dfa9", "c9d8ab", "a4cfc0", "a6cee2", "b7bde3", "d8bddd")
SHIRTS = ("e3ae45", "7a9f6a", "39807f", "385784", "5f5590", "a84f6b", "c9534a")
LIPSTICKS = ("d98f86", "d4646c", "c8323f", "9a2f56")
INK, WHITE, GOLD, MOUTH = "33262b", "fffaf5", "f2c14e", "7c2b33"
# Skin times one of these is skin in shade, a nose's edge, a cheek, bare lips.
SHADE, NOSE, BLUSH, LIPS = "dcbfb8", "cda49b", "ffd6d0", "d39a92"
