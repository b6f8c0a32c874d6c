"""Wrap-up: what is left of a call, proposed at its end, confirmed by people, handed on to other systems."""

from __future__ import annotations

from assist.wrapup.template import wrap_up

__all__ = ["wrap_up"]
