"""Picks an adapter by one string from settings; nothing is imported until it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from assist.errors import ConfigurationError


def factory_for(url: str, known: Mapping[str, str], *, kind: str, code: str) -> Any:
    """What ``known`` names for the URL's scheme, as "module:factory"; a driver after "+" is the factory's business.

    Raises ConfigurationError ``code``, naming the known ones of this ``kind``.
    """
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme not in known:
        names = ", ".join(sorted(known))
        raise ConfigurationError(f"No {kind} is called {scheme!r}. Known: {names}.", code=code)
    module, _, name = known[scheme].partition(":")
    return getattr(import_module(module), name)
