"""Which operators Apple's GPUs have, as torch itself lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

LISTED = Path("packaged") / "ATen" / "native" / "native_functions.yaml"


def without_kernel(names: Iterable[str]) -> list[str]:
    """Those of the operators ("add.Tensor") that have no kernel for MPS, nor are made of others."""
    entries = _entries()
    return sorted(name for name in names if not _has_kernel(entries, name.removesuffix(".default")))


def _entries() -> dict[str, str]:
    """What the list says of each operator."""
    spec = find_spec("torchgen")
    assert spec is not None and spec.origin is not None
    listed = (Path(spec.origin).parent / LISTED).read_text(encoding="utf-8")
    parts = re.split(r"^- func: ", listed, flags=re.MULTILINE)[1:]
    return {part.partition("(")[0]: part for part in parts}


def _has_kernel(entries: dict[str, str], name: str) -> bool:
    entry = entries[name]
    if found := re.search(r"structured_delegate: (\S+)", entry):
        return _has_kernel(entries, found[1])
    dispatch = entry.partition("dispatch:")[2]
    return not dispatch or bool(re.search(r"\bMPS\b|CompositeExplicit|CompositeImplicit", dispatch))
