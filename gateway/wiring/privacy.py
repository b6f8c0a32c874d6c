"""Private words of stored calls, as the settings want them kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from assist.ports import AudioStore, CallStore, Redactor
from assist.redaction.sealing import Revealer
from assist.redaction.sound import private_sound
from assist.redaction.store import RedactedCallStore
from assist.stores import Stores
from assist.stores.silencing import SilencedAudioStore
from assist.stores.vault import AesVault, open_key_ring
from gateway.settings import Settings
from nlp.privacy import RuleRedactor


@dataclass(frozen=True, slots=True)
class KeptCalls:
    """The calls of a database, as readers get them."""

    store: CallStore
    revealer: Revealer | None
    """Takes masks off; None where calls are stored plain."""


def keep_calls(settings: Settings, stores: Stores) -> KeptCalls:
    """Masked unless the settings want them plain. Blocks for a moment.

    Raises ConfigurationError "bad-private-keys".
    """
    if not settings.privacy.mask:
        return KeptCalls(stores.calls, None)
    vault = AesVault(open_key_ring(settings.private_keys_path))
    store = RedactedCallStore(stores.calls, seals=stores.seals, redactor=RuleRedactor(), vault=vault)
    revealer = Revealer(seals=stores.seals, vault=vault, access_log=stores.seals, now=lambda: datetime.now(UTC))
    return KeptCalls(store, revealer)


def outward_redactor(settings: Settings) -> Redactor | None:
    """What masks words of a live call before a model elsewhere gets them; None where the settings mask nothing."""
    return RuleRedactor() if settings.privacy.mask else None


def played_sound(settings: Settings, stores: Stores, audio_store: AudioStore) -> AudioStore:
    """What is heard of stored calls: silent where their words are masked."""
    spans = partial(private_sound, store=stores.calls, seals=stores.seals)
    return SilencedAudioStore(audio_store, settings.played_dir, private_sound=spans)
