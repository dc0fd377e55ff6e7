"""Registries: what kinds of things there are, each found by its name. No torch.

A registry knows the modules that hold its records and imports them when it is asked for the first
time. Whoever stands outside adds a record by `register`.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from trainer.messages import UserError


class Named(Protocol):
    """Anything with a name to be found by."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class Registry(Generic[T]):
    """Records by their names, in the order in which they were registered.

    `kind` is what one of them is called in messages. `home` is the module that registers the
    built-in ones, or the package whose modules do, one each.
    """

    def __init__(self, kind: str, home: str) -> None:
        self._kind, self._home = kind, home
        self._records: dict[str, T] = {}
        self._loading, self._busy, self._loaded = threading.RLock(), False, False

    def register(self, record: T) -> T:
        """Add a record. Raises ValueError where its name is taken."""
        if record.name in self._records:
            raise ValueError(f"there is already a {self._kind} named {record.name!r}")
        self._records[record.name] = record
        return record

    @contextmanager
    def registered(self, record: T) -> Iterator[T]:
        """Add a record for as long as the block runs."""
        self._load()
        try:
            yield self.register(record)
        finally:
            self._records.pop(record.name, None)

    def __getitem__(self, name: str) -> T:
        """The record of that name. Raises UserError naming those that exist."""
        self._load()
        try:
            return self._records[name]
        except KeyError:
            raise UserError(
                f"There is no {self._kind} {name!r}. Choose one of: {', '.join(self._records)}."
            ) from None

    def __contains__(self, name: object) -> bool:
        self._load()
        return name in self._records

    def __iter__(self) -> Iterator[T]:
        self._load()
        return iter(list(self._records.values()))

    def names(self) -> tuple[str, ...]:
        """All names."""
        self._load()
        return tuple(self._records)

    def _load(self) -> None:
        if self._loaded:
            return
        with self._loading:  # the modules themselves may ask, on this thread
            if self._loaded or self._busy:
                return
            self._busy = True
            home = importlib.import_module(self._home)
            for module in pkgutil.iter_modules(getattr(home, "__path__", ())):
                importlib.import_module(f"{self._home}.{module.name}")
            self._loaded = True
