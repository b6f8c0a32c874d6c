"""Settings of the property tests."""

from __future__ import annotations

from hypothesis import settings

# A machine that is busy elsewhere must not fail a property.
settings.register_profile("asr", deadline=None)
settings.load_profile("asr")
