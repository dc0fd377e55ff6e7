"""What each group of the window is: a sentence, and the paper's equation or section."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Help:
    """A sentence or two, and the equation, where there is one."""

    text: str
    equation: str = ""


HELP: dict[str, Help] = {
    "share": Help(
        "How much of the picture the code decides, and how much the noise.",
        "noise share = W / (B + W)",
    ),
    "code": Help("The latent code z: what the encoder keeps of an image.", "z ~ q(z|x)"),
    "noise": Help(
        "The noise n: what the decoder adds that the code does not say.", "x ~ p(x|z, n)"
    ),
    "directions": Help(
        "The moves that change this picture the most, strongest first.",
        "J = ∂x / ∂z, J v = σ u",
    ),
    "pictures": Help("Each image, and what the model makes of it.", "x → z → x, with noise n"),
    "clusters": Help("The categories of the code, each drawn with the same noises.", "Figure 6"),
    "plane": Help("The codes in the plane of their two strongest principal directions."),
    "neighbourhoods": Help("Codes that are near each other lie near each other (t-SNE)."),
    "heat": Help("Where the noise acts: how much each pixel varies over the draws."),
    "neighbours": Help("The training images whose codes are nearest: remembered, or invented?"),
    "borrow": Help("The noise of this tile, kept for every input."),
    "interpolate": Help(
        "From one tile to another: straight in the code, on the sphere in the noise."
    ),
    "arithmetic": Help("Codes added and subtracted: A - B + C."),
    "walk": Help("A closed loop through the noise, or along the code."),
    "pad": Help("Draw in the code's own domain; what it stands for follows the pen."),
    "data": Help("What the network sees, by class and by cluster."),
}
