"""Private words of stored calls, as the settings want them kept."""

from __future__ import annotations

from functools import partial

from assist.ports import AudioStore, CallStore, Redactor
from assist.redaction.sound import private_sound
from assist.redaction.store import RedactedCallStore
from assist.stores import Stores
from assist.stores.silencing import SilencedAudioStore
from assist.stores.vault import AesVault, open_key_ring
from gateway.settings import Settings
from nlp.privacy import RuleRedactor


def call_store(settings: Settings, stores: Stores) -> CallStore:
    """The calls of a database, masked unless the settings want them plain. Blocks for a moment.

    Raises ConfigurationError "bad-private-keys".
    """
    if not settings.privacy.mask:
        return stores.calls
    vault = AesVault(open_key_ring(settings.private_keys_path))
    return RedactedCallStore(stores.calls, seals=stores.seals, redactor=RuleRedactor(), vault=vault)


def outward_redactor(settings: Settings) -> Redactor | None:
    """What masks words of a live call before a model elsewhere gets them; None where the settings mask nothing."""
    return RuleRedactor() if settings.privacy.mask else None


def played_sound(settings: Settings, stores: Stores, audio_store: AudioStore) -> AudioStore:
    """What is heard of stored calls: silent where their words are masked."""
    spans = partial(private_sound, store=stores.calls, seals=stores.seals)
    return SilencedAudioStore(audio_store, settings.played_dir, private_sound=spans)
