"""What the browser of the data says: of an image, of what is shown, and of what is missing."""

from __future__ import annotations

from iae_studio.views.data_browsing import Browsing
from trainer.exploring.questions.base import untrained
from trainer.exploring.questions.data import Listing

POINTS = "This model is about points in the plane: the plot in the middle shows them all."
UNTRAINED = untrained("its reconstructions and clusters")
NOTHING_ASIDE = (
    "No training image is set aside. Right-click one under “All”, or press X: the run that is "
    "displayed then trains without it."
)
NO_TESTS = "These data have no test images: all of them are trained on."
NONE_ODD = "Of those that were looked at, none has another class than most of its cluster."
NOT_JUDGED = "They cannot be reconstructed: the message above the pictures says why."
NONE_LEFT = "None of these images is of the chosen class and cluster."


def kind_of(browsing: Browsing) -> str:
    """Which images these are."""
    what = "training images" if browsing.where.training else "test images"
    if not browsing.recipe.translates:
        return what
    return f"{what} of domain {'AB'[browsing.where.domain]}"


def class_name(listing: Listing, label: int) -> str:
    """A class in words."""
    names = listing.class_names
    return names[label] if label < len(names) else f"class {label}"


def told_of(browsing: Browsing, row: int) -> str:
    """What is known of an image: its number or file, class, cluster, and error."""
    listing = browsing.listing
    if listing is None or not 0 <= row < len(listing):
        return ""
    word = "training" if browsing.where.training else "test"
    parts = [f"{word} {listing.names[row] if listing.names else row}"]
    if len(browsing.classes) > 1:
        label = int(listing.labels[row])
        named = label < len(listing.class_names)
        parts.append(f"class {listing.class_names[label]}" if named else class_name(listing, label))
    known = browsing.judgement(row)
    if known is not None:
        error, cluster = known
        parts += [f"cluster {cluster + 1}"] if cluster is not None else []
        parts.append(f"error {error:.4f}")
    if browsing.aside[row]:
        parts.append("set aside: right-click or X takes it back")
    return " · ".join(parts)


def told_of_all(browsing: Browsing) -> str:
    """What is shown, and by what it is sorted."""
    listing, judged, look = browsing.listing, browsing.judged, browsing.choice.look
    done, total = browsing.progress
    if listing is None:
        return f"Loading {done:,} of {total:,} images…" if total else "Loading the images…"
    count, kind = len(browsing.rows), kind_of(browsing)
    if browsing.judging:
        return f"Reconstructing {done:,} of {total:,} {kind}…" if total else "Reconstructing…"
    if browsing.choice.judges and judged is not None:
        seen = f"{len(judged.rows):,} of {len(listing):,} {kind}, at step {judged.step:,}"
        if look == "odd":
            return f"{count:,} whose class is not their cluster's, among {seen}"
        if look in ("best", "worst"):
            return f"{look.title()} first by mean squared error, of {seen}"
        return f"{count:,} in this cluster, among {seen}"
    if look == "aside":
        return f"{count:,} of {len(listing):,} {kind} are set aside from this run"
    hands = "; a click sends one to the grid" if not browsing.where.domain else ""
    hands += ", a right click or X sets it aside" if browsing.where.training else ""
    return f"{count:,} {kind}{hands}".replace("B, a", "B; a")


def missing_of(browsing: Browsing) -> str:
    """Why there is nothing to see; empty where there is, or will be in a moment."""
    listing, choice = browsing.listing, browsing.choice
    if browsing.recipe.two_dimensional:
        return POINTS
    if listing is None:
        return ""
    if not len(listing):
        return listing.lacking or NO_TESTS
    if choice.judges and browsing.judged is None:
        return UNTRAINED if browsing.untrained else NOT_JUDGED if browsing.gave_up else ""
    if len(browsing.rows):
        return ""
    if choice.label is None and choice.cluster is None:
        return {"aside": NOTHING_ASIDE, "odd": NONE_ODD}.get(choice.look, NONE_LEFT)
    return NONE_LEFT
