"""What the views say of a recipe: plain data in, sentences and drawings out."""

from __future__ import annotations

import re

from iae_studio.state.turned import columns_of, has_noise
from iae_studio.widgets.diagram import Plan
from trainer.messages import ModelFacts
from trainer.recipe.recipe import Recipe
from trainer.recipe.specs import MODELS

RECONSTRUCTIONS = {
    "adversarial": "reconstruction",
    "marginal": "reconstruction, by the output alone",
    "euclidean": "Euclidean distance",
    "l1": "L1 distance",
    "likelihood": "likelihood",
    "none": "",
}
GROUPS = {
    "iae": "Implicit autoencoders",
    "cycleiae": "CycleIAE: two domains",
    "fiae": "FIAE: flipped",
    "baseline": "Baselines",
}


def groups() -> dict[str, str]:
    """The list's headings: the paper's, then those of models from elsewhere."""
    own = {**GROUPS, "gan": ""}
    return GROUPS | {model.group: model.group for model in MODELS if model.name not in own}


def group_of(recipe: Recipe) -> str:
    """The list's group: baselines lack a game, or play it against something simpler."""
    if recipe.model.kind not in (*GROUPS, "gan"):
        return recipe.model_spec.group
    plain = (
        recipe.objective.reconstruction.kind == "adversarial"
        and recipe.objective.regularisation.kind == "adversarial"
    )
    return recipe.model.kind if plain and recipe.model.kind != "gan" else "baseline"


def short_title(recipe: Recipe) -> str:
    """The title without the word that the list's headings say already."""
    return recipe.about.title.replace(", small", "")


def short_figure(recipe: Recipe) -> str:
    """The figure's number alone; nothing where there is none."""
    found = re.search(r"(?:Fig\.|Section) (\w+)", recipe.about.figure)
    if found is None:
        return ""
    return f"§ {found[1]}" if "Section" in found[0] else found[1]


def plan_of(recipe: Recipe) -> Plan:
    """The drawing of a recipe's maps and games."""
    code = f"1 of {recipe.model.code}" if recipe.categorical else f"z {recipe.model.code}"
    n = f"n {recipe.model.noise}" if recipe.model.noise else ""
    eps = f"ε {recipe.model.encoder_noise}" if recipe.model.encoder_noise else ""
    if recipe.model.posterior == "gaussian":
        eps = "mean, std"
    words = RECONSTRUCTIONS[recipe.objective.reconstruction.kind]
    discriminator = recipe.objective.reconstruction.kind in ("adversarial", "marginal")
    regular = recipe.objective.regularisation.kind
    if not recipe.model_spec.inverse:
        return Plan(code, "x", True, False, n, target="data")
    if recipe.flipped:
        return Plan(code, "x", True, True, n, eps, words, discriminator, "data")
    if recipe.translates:
        second = (
            "edges" if recipe.data.second == "edges" and not recipe.data.images_b else "domain B"
        )
        return Plan("A", "B", False, True, eps, n, words, discriminator, second)
    target = {"adversarial": "prior", "divergence": "prior, by divergence", "none": ""}[regular]
    return Plan("x", code, False, True, eps, n, words, discriminator, target)


def plan_tip(recipe: Recipe) -> str:
    """What the drawing's colours mean."""
    games = (
        "Teal: the reconstruction game tells pairs that went in from pairs that came back.\n"
        "Violet: the regularisation game tells the middle from samples of what it is to be."
    )
    if recipe.model_spec.source == "code":
        return "The generator makes data of the code (blue) and the noise n (amber).\n" + games
    if recipe.translates:
        return "The encoder translates A to B, the code (blue); noise is amber.\n" + games
    return "The encoder gives the code (blue), the decoder adds the noise n (amber).\n" + games


def about_clusters(recipe: Recipe) -> str:
    """One line above the categories."""
    return (
        f"Columns: the {recipe.model.code} categories of the code. "
        "Rows: noise vectors, each shared by all categories."
    )


def about(recipe: Recipe, way_back: bool, columns: int) -> str:
    """One line above the pictures: what goes where."""
    if recipe.flipped:
        return "x → z → x: the encoder reads the code off an image, the generator draws it again."
    if recipe.translates and recipe.model.encoder_noise:
        if way_back:
            return "A → B → A: what the decoder makes of each translation."
        return "A → B: translations of an image, each with noise ε of its own."
    if recipe.translates:
        return "A → B → A: the code is a picture; the noise adds what it does not show."
    if recipe.model.noise:
        return (
            f"x → z → x: one code for each image; from n1 to n{columns} only the decoder's noise "
            "differs."
        )
    if has_noise(recipe):
        return "x → z → x: in each column another code of the same image, by its own noise ε."
    return "x → z → x: what the code holds, and nothing else."


def heads(recipe: Recipe, wanted: int = 0) -> list[str]:
    """What stands above the columns of draws."""
    if not has_noise(recipe):
        return ["x → z → x"]
    letter = "n" if recipe.model.noise else "ε"
    return [f"{letter}{column + 1}" for column in range(columns_of(recipe, wanted))]


def code_hint(facts: ModelFacts, recipe: Recipe) -> str:
    """What the code's panel says; it ends the matter where there are no sliders."""
    if facts.translates:
        where = "the columns ε1, ε2 and so on" if facts.encoder_noise else "the column “code”"
        return f"The code is itself a picture: see {where}."
    if facts.image_shape is None:
        if recipe.flipped:
            return "The code is a point: see the plot at the right."
        return "The code is one of a few categories: see the colours."
    if facts.categorical:
        return f"The code is one of {facts.code} categories: “Clusters” shows them all."
    if facts.code_spread:
        return "What the encoder keeps. Moves every row from its own code."
    if facts.step:
        return "The directions of this run need its data, which is not here."
    return "This model is untrained: press Train, and its directions appear."


def noise_hint(facts: ModelFacts, recipe: Recipe) -> str:
    """Which map the noise enters."""
    gives = "generator" if recipe.model_spec.source == "code" else "decoder"
    if facts.noise and facts.encoder_noise:
        return f"Enters the {gives} (n); the encoder's own (ε) comes from the same seed."
    if facts.noise and recipe.model_spec.source == "code":
        return "Enters the generator: what the code does not say."
    if facts.noise:
        return "What the decoder adds that the code does not say."
    if facts.translates and facts.encoder_noise:
        return "Enters the encoder: one image has many translations."
    if facts.encoder_noise:
        return "Enters the encoder: the code of an image is a cloud, not a point."
    return "This model has no noise: its maps are deterministic."


def sees(shape: tuple[int, int, int]) -> str:
    """The images of a network in a few words."""
    return f"{shape[1]} × {shape[0]} px in {'colour' if shape[2] == 3 else 'grey'}"
