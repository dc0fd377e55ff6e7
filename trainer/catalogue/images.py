"""Content and style: a Gaussian code beside the noise (Figures 2 to 4)."""

from __future__ import annotations

from dataclasses import replace

from trainer.recipes import Recipe

# A warm start lets the pair critic read codes that already mean something; see EXPERIMENTS.md.
SMALL = Recipe(
    name="mnist-10-small",
    title="MNIST, 10 + 100, small",
    story="Keeps the digit, varies the style; learns on a laptop's CPU.",
    figure="Fig. 2c, smaller",
    model="iae",
    data="mnist",
    networks="small",
    code=10,
    noise=100,
    conditioning="projection",
    batch=64,
    steps=6_000,
    player_rate=5e-4,
    ema=0.995,
    critic_norm=False,
    code_blur=0.2,
    noise_scale=0.5,
    r1=0.3,
    r1_every=4,
    instance_noise=0.2,
    mismatched=0.5,
    mismatched_last=0.3,
    # A warm start, then an encoder that hardly moves: the critic can learn to read its codes.
    warm=0.2,
    euclidean=0.05,
    euclidean_until=1.0,
    encoder_rate=0.01,
)
PAPER = replace(
    SMALL,
    name="mnist-10",
    title="MNIST, 10 + 100",
    story="The code keeps the digit, the noise varies its style.",
    figure="Fig. 2c",
    networks="mnist",
    conditioning="location",
    batch=100,
    steps=30_000,
)
# What the encoder learns of the digits it learns in the warm start.
_MNIST_SMALL = replace(SMALL, code_blur=0.1, warm=0.45, steps=9_000)
_DETERMINISTIC_SMALL = replace(
    SMALL,
    name="mnist-det-small",
    title="MNIST, 20, no noise, small",
    story="Nothing is left to chance: what the code cannot hold is lost.",
    figure="Fig. 2b, smaller",
    code=20,
    noise=0,
    code_blur=0.0,
    mismatched=0.5,
    mismatched_last=0.0,
    warm=0.5,
    euclidean=30.0,
    encoder_rate=0.05,
    steps=10_000,
)
_DETERMINISTIC = replace(
    PAPER.to_the_letter(),
    name="mnist-det",
    title="MNIST, 20, no noise",
    story="Nothing is left to chance: almost perfect, sharp reconstructions.",
    figure="Fig. 2b",
    code=20,
    noise=0,
    player_rate=1e-3,
    ema=0.995,
)
MNIST = (
    _DETERMINISTIC,
    PAPER,
    replace(
        PAPER,
        name="mnist-5",
        title="MNIST, 5 + 100",
        story="A smaller code is more abstract: {3, 5, 8} and {4, 9} begin to share codes.",
        figure="Fig. 2d",
        code=5,
    ),
    _DETERMINISTIC_SMALL,
    _MNIST_SMALL,
    replace(
        _MNIST_SMALL,
        name="mnist-5-small",
        title="MNIST, 5 + 100, small",
        story="Half the code, twice the abstraction: look for 4s that return as 9s.",
        figure="Fig. 2d, smaller",
        code=5,
    ),
)
_SVHN = replace(
    PAPER,
    name="svhn-75",
    title="SVHN, 75 + 1000",
    story="Keeps the middle digit and invents its neighbours in the same style.",
    figure="Fig. 3c",
    data="svhn",
    networks="svhn",
    size=32,
    colour=True,
    code=75,
    noise=1000,
)
_SVHN_DETERMINISTIC = replace(
    _SVHN,
    name="svhn-det",
    title="SVHN, 150, no noise",
    story="Near perfect reconstructions of street numbers.",
    figure="Fig. 3b",
    code=150,
    noise=0,
    code_blur=0.0,
    mismatched_last=0.0,
    encoder_rate=1.0,
)
_COLOUR_SMALL = replace(
    SMALL,
    networks="small-colour",
    width=16,
    code=16,
    data="drawn-numbers",
    size=32,
    colour=True,
    r1=0.05,
    instance_noise=0.0,  # it would hide from the critic that even backgrounds are speckled
    warm=0.4,
    euclidean=1.0,
    euclidean_until=2.0,
    steps=4_000,
)
_COLOUR_DETERMINISTIC_SMALL = replace(
    _COLOUR_SMALL,
    code=50,
    noise=0,
    code_blur=0.0,
    mismatched_last=0.0,
    warm=0.5,
    euclidean=30.0,
    euclidean_until=1.0,
    encoder_rate=0.05,
    steps=5_000,
)
_CELEBA = replace(
    _SVHN,
    name="celeba-50",
    title="CelebA, 50 + 1000",
    story="Keeps the shape of a face; glasses, beard and smile come from the noise.",
    figure="Fig. 4c",
    data="celeba",
    networks="celeba",
    size=48,
    code=50,
)
COLOUR = (
    _SVHN_DETERMINISTIC,
    _SVHN,
    replace(
        _COLOUR_DETERMINISTIC_SMALL,
        name="svhn-det-small",
        title="House numbers, 50, no noise, small",
        story="Drawn house numbers through a code alone.",
        figure="Fig. 3b, smaller",
    ),
    replace(
        _COLOUR_SMALL,
        name="svhn-75-small",
        title="House numbers, 16 + 100, small",
        story="Drawn house numbers: does the code keep the middle digit, the noise its neighbours?",
        figure="Fig. 3c, smaller",
    ),
    replace(
        _SVHN_DETERMINISTIC,
        name="celeba-det",
        title="CelebA, 150, no noise",
        story="Near perfect reconstructions of faces.",
        figure="Fig. 4b",
        data="celeba",
        networks="celeba",
        size=48,
    ),
    _CELEBA,
    replace(
        _COLOUR_DETERMINISTIC_SMALL,
        name="celeba-det-small",
        title="Drawn faces, 50, no noise, small",
        story="Drawn faces through a code alone.",
        figure="Fig. 4b, smaller",
        data="drawn-faces",
    ),
    replace(
        _COLOUR_SMALL,
        name="celeba-50-small",
        title="Drawn faces, 16 + 100, small",
        story="Drawn faces: the code keeps the head, the noise deals glasses and beards.",
        figure="Fig. 4c, smaller",
        data="drawn-faces",
    ),
)
DRAWN = replace(
    SMALL,
    name="drawn-10",
    title="Drawn digits, 10 + 32",
    story="Digits drawn by our own code: always at hand, and every style is known.",
    figure="after Fig. 2c",
    data="drawn-digits",
    noise=32,
    steps=7_000,
    code_blur=0.5,
    noise_scale=1.0,
    warm=0.15,
)
