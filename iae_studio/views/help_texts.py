"""What each group of the window is: a sentence or two, and the paper's equation or place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Help:
    """What it is, an equation where there is one, and where the paper speaks of it."""

    text: str
    equation: str = ""
    place: str = ""  # in the paper

    def spoken(self) -> str:
        """All of it in one, for a tool tip and a screen reader."""
        return "\n".join(filter(None, (self.text, self.equation, self.place)))


HELP: dict[str, Help] = {
    "experiments": Help(
        "Each line is a model of the paper, or a smaller one beside it. A filled dot has weights "
        "and can be explored at once; a hollow one has to be trained first.",
        place="Figures 2 to 13",
    ),
    "queue": Help(
        "One model is trained at a time; the others wait here in their order. When one ends, well "
        "or not, the next begins. When you press Stop the queue is held, and so it is after a "
        "start of the program: nothing trains unless you say so.",
    ),
    "runs": Help(
        "Every training is a run: a folder with its weights, losses and moments. Give it a name "
        "and a note, go on with it, or train the same with other options. What you throw away "
        "lies in the trash until you empty that.",
    ),
    "losses": Help(
        "Two games, drawn as they are played. Teal, the reconstruction game: can a discriminator "
        "tell pairs that went in from pairs that came back? Violet, the regularisation game: can "
        "another tell the codes from samples of the prior? No curve of a game has to fall; it is "
        "even while both sides stay near each other. Grey: errors and penalties, which are to "
        "fall. In a warm start they take the place of the reconstruction game.",
        "KL(q(x, z) ‖ r(x, z)) + KL(q(z) ‖ p(z))",
        "Section 2, Figure 1",
    ),
    "time": Help(
        "Runs keep a few dozen moments of their weights on the way, closer together at the "
        "beginning. Drag the handle, or the line in the losses, and every view shows the same "
        "inputs and the same noise through the weights of that step. At the right end is live: "
        "the newest weights, which are followed.",
    ),
    "share": Help(
        "How much of the picture the noise decides; the code decides the rest. At 0 % the decoder "
        "ignores its noise, at 100 % the code says nothing.",
        "noise share = W / (B + W)",
        "W: variance over the draws of one input. B: between the inputs. Our measure, not the "
        "paper's.",
    ),
    "code": Help(
        "The latent code z is what the encoder keeps of an image: its content. All tiles of a row "
        "share one code.",
        "ẑ = f(x, ε)  ~  q(z | x)",
        "Section 2",
    ),
    "noise": Help(
        "The noise n is what the decoder adds and the code does not say: the style. All tiles of "
        "a column share one noise vector.",
        "x̂ = g(ẑ, n),  n ~ N(0, I)",
        "Section 2.1.1, Figures 2 to 4",
    ),
    "directions": Help(
        "Where a small step changes this picture the most, strongest first. They are found at this "
        "very code and noise, from the decoder's derivatives, and differ from picture to picture.",
        "J = ∂g / ∂z,   J v = σ u",
        "σ: how far the picture moves for a step of one. Not in the paper.",
    ),
    "pictures": Help(
        "Each row is one image and what the model makes of it. The code stays; from column to "
        "column only the noise differs. What stays the same along a row is content, what changes "
        "is style.",
        "x → ẑ → x̂ = g(ẑ, n)",
        "Section 2.1.1, Figure 2",
    ),
    "clusters": Help(
        "A code that is one of a few: each column is one category, each row one noise vector that "
        "all categories share. The model found them without a label.",
        "ẑ = softmax(f(x))",
        "Section 2.1.2, Figure 6",
    ),
    "plane": Help(
        "Codes of test images in the plane of their two strongest principal directions. Every "
        "place can be decoded: click, or drag, to see what lies there.",
        "z = z̄ + a u₁ + b u₂",
    ),
    "neighbourhoods": Help(
        "Codes that are near each other lie near each other; far apart means little, and so do "
        "the axes. Made by t-SNE from up to 2,000 codes.",
    ),
    "compare": Help(
        "The same images and the same noise seeds for each of up to four models: a column of one "
        "stands for the same seed as that column of the others. What differs is the models.",
        "x → x̂ᵏ = gᵏ(fᵏ(x), n)",
        "Figure 2 compares codes of 20, 10 and 5",
    ),
    "heat": Help(
        "Where the noise acts: how much each pixel varies while the code stays and the noise is "
        "drawn anew. Dark is decided by the code, bright by the noise.",
        "√ Var[ g(ẑ, n) ]  over n",
    ),
    "neighbours": Help(
        "The training images whose codes are nearest to this one. If one of them is the picture "
        "itself, the model remembers; if they are only alike, it invents.",
        "‖ f(x) - f(xᵢ) ‖  smallest first",
    ),
    "borrow": Help(
        "The noise of this tile, used for every other input: the style of one picture on the "
        "content of all.",
        "x̂ᵢ = g(ẑᵢ, n)",
        "Figure 8: columns share the noise",
    ),
    "interpolate": Help(
        "From one tile to another. The code goes straight; the noise goes along the sphere, where "
        "samples of a Gaussian in many dimensions lie.",
        "z = (1 - t) z₁ + t z₂,   n = slerp(n₁, n₂; t)",
    ),
    "arithmetic": Help(
        "Codes added and subtracted: what A has and B lacks, given to C.",
        "z = z_A - z_B + z_C",
    ),
    "walk": Help(
        "A closed loop: a circle through the noise, or there and back along the code, so that its "
        "end meets its beginning.",
        "n(t) = n₁ cos t + n₂ sin t",
    ),
    "pad": Help(
        "Draw in the code's own domain. Here the code is itself a picture, outlines say, and the "
        "decoder makes of it what it stands for, in many styles.",
        "x̂ = g(ẑ, n),  ẑ drawn by you",
        "Section 3, Figures 7 and 8",
    ),
    "bookmarks": Help(
        "A bookmark keeps what is shown to the pixel: the images as the network saw them, every "
        "slider and seed, and the weights of that moment, whatever trains on meanwhile. Return "
        "opens it, F2 renames it, Del deletes it; exported, it is one file for others to drop here."
    ),
    "data": Help(
        "What the network sees, after everything that is done to an image on its way in; sorted "
        "by class, by cluster, or by how well it comes back.",
    ),
}
