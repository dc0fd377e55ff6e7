"""The outlines of drawn shoes: smooth curves through knots that follow from a shoe's factors."""

from __future__ import annotations

import torch
from torch import Tensor

PIECES = 5  # straight pieces of an outline from knot to knot

# In shoe lengths: x from the heel (0) to the toe (1), y upwards from the ground; a column a kind.
_PROPORTIONS: dict[str, tuple[float, float, float]] = {
    "shaft_low": (0.28, 0.50, 0.24),  # top of the upper's back, over the sole's top there
    "shaft_high": (0.50, 1.00, 0.32),
    "heel_low": (0.01, 0.03, 0.22),  # the sole's top at the heel, over that at the ball
    "heel_high": (0.08, 0.22, 0.48),
    "sole_low": (0.06, 0.035, 0.02),
    "sole_high": (0.13, 0.10, 0.08),
    "toe_height": (0.23, 0.18, 0.145),
    "spring": (0.03, 0.04, 0.04),  # how far the toe bends up
    "arched": (0.0, 1.0, 1.0),  # 0: the sole fills the space under the arch
    "tip_back": (0.0, 0.04, 0.07),  # x of the heel's back and front on the ground,
    "tip_front": (0.20, 0.27, 0.12),
    "breast": (0.35, 0.30, 0.22),  # and of its front where it meets the sole
}


def curves_of(labels: Tensor, shoe: dict[str, Tensor]) -> dict[str, Tensor]:
    """The curves of every shoe's line drawing, by name: [N, points, 2 xy], in shoe lengths."""
    kind = {name: shoe["toe"].new_tensor(row)[labels] for name, row in _PROPORTIONS.items()}
    zero = torch.zeros_like(shoe["toe"])
    thick, raised, shaft = (
        kind[f"{name}_low"] + (kind[f"{name}_high"] - kind[f"{name}_low"]) * shoe[name]
        for name in ("sole", "heel", "shaft")
    )

    def pick(sneaker: Tensor | float, boot: Tensor | float, heel: Tensor | float) -> Tensor:
        return (labels == 0) * sneaker + (labels == 1) * boot + (labels == 2) * heel

    def at(x: Tensor | float, y: Tensor | float) -> Tensor:
        return torch.stack([zero + x, zero + y], -1)

    def foot(x: Tensor | float) -> Tensor:
        """Height of the sole's top, which falls from the heel to the ball and bends up again."""
        down, up = ((zero + 0.70 - x) / 0.62).clamp(0, 1), (zero + x - 0.72).clamp_min(0) / 0.28
        return thick + raised * (down**2 * (3 - 2 * down)) + spring * up**2

    def under(x: Tensor | float) -> Tensor:
        """Height of the sole's bottom between the heel and the ball."""
        return kind["arched"] * (foot(x) - pick(0, 0.8 * thick, 0.03 + 0.3 * thick)).clamp_min(0)

    spring, toe, full = kind["spring"], shoe["toe"], shoe["instep"] - 0.5
    box, seat, tip = kind["toe_height"] * (1.14 - 0.38 * toe), foot(0), foot(1)
    top = seat + shaft
    heel_end, toe_end = at(0.03, seat), at(0.985, tip - 0.01)
    # The back and the opening; its far side is a little higher than its near side.
    bulge = at(pick(0, 0, -0.005), seat + 0.10)
    achilles = at(pick(0.03, 0.045, 0.01), seat + pick(0.72 * shaft, 0.30, 0.17))
    back = at(pick(0.03, 0.02, 0.035), top)
    mouth = pick(top + 0.09 - 0.16 * shaft, top + 0.02, foot(0.64) + 0.17 + 0.06 * full)
    throat = at(pick(0.41, 0.43, 0.64), mouth)
    hind = at(pick(0.14, 0.16, 0.2), pick(top - 0.05, top + 0.02, foot(0.2) + 0.8 * shaft))
    fore = at(pick(0.30, 0.29, 0.47), pick(mouth - 0.05, top + 0.03, foot(0.47) + 0.16))
    near_hind = hind - at(0, pick(0.045, 0.05, 0.09 - 0.02 * full))
    near_fore = fore - at(0, pick(0.08, 0.06, 0.085 - 0.06 * full))
    # From the opening down to the toe.
    low, ankle = pick(0.62, 0, 0.78), torch.minimum(top - 0.12, foot(0.45) + 0.36)
    low_bend = foot(low) + box * pick(1.33, 0, 1.1) + full * pick(0.09, 0, 0.06)
    bend_y = torch.where(labels == 1, ankle, low_bend)
    bend = at(low + pick(0, 0.46, 0), bend_y)
    above = at(pick(0.50, 0.425, 0.71), (mouth + bend_y) / 2 + pick(0.02 + 0.03 * full, 0, 0))
    vamp_x, top_x = pick(0.76, 0.62, 0.86), pick(0.90, 0.86, 0.945) - 0.02 * toe
    vamp_rise = box * pick(1.08, 1.4, 1.03) + full * pick(0.05, 0.1, 0.045)
    vamp = at(vamp_x, foot(vamp_x) + vamp_rise)
    toe_top = at(top_x, foot(top_x) + box * pick(0.95, 1, 0.8))
    toe_tip = at(0.99 + 0.035 * toe, tip + 0.5 * box * (1 - toe * pick(0.35, 0.6, 0.6)))
    # The heel and the sole.
    tip_back, tip_front = at(kind["tip_back"], 0), at(kind["tip_front"], 0)
    heel_back = at(kind["tip_back"] * 0.7 + pick(-0.01, 0.01, 0.015), 0.45 * seat)
    breast = at(kind["breast"], under(kind["breast"]))
    heel_front = at(kind["tip_front"] + pick(0.08, 0, 0.02), 0.6 * breast[:, 1])
    shank, ball, tread = at(0.50, under(0.50)), at(0.70, 0), at(0.86, 0.1 * spring)
    tread_end = at(0.975 + 0.01 * toe, 0.75 * spring + 0.15 * thick)
    sole_top = (at(x, foot(x)) for x in (0.82, 0.66, 0.48, 0.28))
    # The seam goes round a sneaker's laces and over a boot's heel; a pump has none.
    stay = at(0.40, (mouth + bend_y) / 2 - 0.10), at(0.60, bend_y - 0.085)
    counter = at(0.37, 0.65 * ankle + 0.35 * foot(0.28)), at(0.30, 0.3 * ankle + 0.7 * foot(0.28))
    boot_seam = _smooth(bend, *counter, at(0.28, foot(0.28)))
    seam = torch.where((labels == 1)[:, None, None], boot_seam, throat[:, None])
    seam = torch.where((labels == 0)[:, None, None], _smooth(near_fore, *stay, vamp), seam)
    curves = {
        "back": _smooth(heel_end, bulge, achilles, back),
        "far rim": _smooth(back, hind, fore, throat),
        "near rim": _smooth(back, near_hind, near_fore, throat),
        "front": _smooth(throat, above, bend, vamp, toe_top, toe_tip, toe_end),
        "seam": seam,
        "sole top": _smooth(toe_end, *sole_top, heel_end),
        "heel back": _smooth(heel_end, heel_back, tip_back),
        "heel tip": _smooth(tip_back, tip_front),
        "heel front": _smooth(tip_front, heel_front, breast),
        "tread": _smooth(breast, shank, ball, tread, tread_end, toe_end),
    }
    stretch = at(shoe["length"], 1)[:, None]
    return {name: curve * stretch for name, curve in curves.items()}


def _smooth(*knots: Tensor) -> Tensor:
    """The Catmull-Rom spline through ``knots``, each [N, 2 xy]: [N, points, 2].

    It goes exactly through them, so that curves which share a knot meet.
    """
    knot = torch.stack(knots, 1)
    before = torch.cat([knot[:, :1], knot[:, :-2]], 1)[:, :, None]
    here, there = knot[:, :-1, None], knot[:, 1:, None]
    after = torch.cat([knot[:, 2:], knot[:, -1:]], 1)[:, :, None]
    t = (torch.arange(PIECES, device=knot.device) / PIECES)[:, None]
    slope, bend = there - before, 2 * before - 5 * here + 4 * there - after
    twist = 3 * here - before - 3 * there + after
    curve = here + slope * (t / 2) + bend * (t**2 / 2) + twist * (t**3 / 2)
    return torch.cat([curve.flatten(1, 2), knot[:, -1:]], 1)
