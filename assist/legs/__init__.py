"""The legs of a call: whether they carry what they should, and which party each of them is.

``watch`` finds what is wrong with legs in their sound and words, by positions alone: missing, silent, the same twice,
the wrong way round. ``routing`` exchanges them from a position on. ``call`` is both for one call. Pure: no clock, no
array library.
"""

from __future__ import annotations

from assist.legs.call import CallLegs
from assist.legs.findings import Finding, LegCode

__all__ = ["CallLegs", "Finding", "LegCode"]
