"""Where recordings of closed calls are kept, as the settings want it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from urllib.parse import urlsplit

from assist.errors import ConfigurationError
from assist.ports import AudioStore
from assist.stores.audio import FlacAudioStore
from gateway.settings import AudioSettings, Settings

BYTES_OF_MB = 1_000_000


@asynccontextmanager
async def open_audio_store(settings: Settings) -> AsyncGenerator[AudioStore]:
    """Files, or a bucket of a server that speaks S3; the server need not be there yet.

    Raises ConfigurationError "bad-audio-store", "audio-store-not-installed".
    """
    audio = settings.audio
    if not audio.store:
        yield FlacAudioStore(settings.audio_dir)
        return
    name, prefix = _bucket(audio)
    if find_spec("boto3") is None:
        raise ConfigurationError(
            "Recordings in a bucket need a library that is not there: install `livecue[s3]`.",
            code="audio-store-not-installed",
        )
    from assist.stores.s3_audio import Bucket, S3AudioStore

    bucket = Bucket(
        name,
        prefix,
        endpoint=audio.endpoint or None,
        region=audio.region or None,
        access_key=audio.access_key or None,
        secret_key=audio.secret_key.get_secret_value() or None,
    )
    copies = S3AudioStore.open(bucket, settings.audio_copies_dir, copies_bytes=audio.copies_mb * BYTES_OF_MB)
    async with copies as store:
        yield store


def _bucket(audio: AudioSettings) -> tuple[str, str]:
    """Its name, and what stands before the names of recordings."""
    parts = urlsplit(audio.store)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
        raise ConfigurationError("LIVECUE_AUDIO__STORE must look like s3://BUCKET/PREFIX.", code="bad-audio-store")
    if bool(audio.access_key) != bool(audio.secret_key.get_secret_value()):
        raise ConfigurationError(
            "LIVECUE_AUDIO__ACCESS_KEY and LIVECUE_AUDIO__SECRET_KEY belong together.", code="bad-audio-store"
        )
    prefix = parts.path.strip("/")
    return parts.netloc, f"{prefix}/" if prefix else ""
