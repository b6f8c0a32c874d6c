"""Everything that goes when a call goes; who keeps something of calls outside of their tables registers it here."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from assist.ports import AudioStore
from assist.stores.projections import FileProjection, SoundProjection
from assist.stores.records import RecordStore, RetentionRules
from gateway.settings import RetentionSettings, Settings
from gateway.wiring.recordings import open_audio_store
from gateway.wiring.stored import open_stored


def register_projections(records: RecordStore, settings: Settings, audio_store: AudioStore) -> None:
    """Make the records know what is kept of calls beside the database."""
    records.register(SoundProjection(audio_store), is_sound=True)
    records.register(FileProjection("played", settings.played_dir))
    records.register(FileProjection("spool", settings.spool_dir))
    records.register(FileProjection("wrap-ups", settings.wrap_ups_dir, suffix=".json"))
    records.register(FileProjection("notifications", settings.notifications_dir))


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncGenerator[RecordStore]:
    """The records of what a service has stored. Raises NotFoundError "no-calls" where there is no database yet."""
    async with open_stored(settings) as stores, open_audio_store(settings) as audio_store:
        register_projections(stores.records, settings, audio_store)
        yield stores.records


def retention_rules(settings: RetentionSettings) -> RetentionRules:
    """The settings as the records want them."""
    return RetentionRules(
        calls_days=settings.calls_days or None,
        flagged_days=settings.flagged_days or None,
        sound_days=settings.sound_days or None,
    )
