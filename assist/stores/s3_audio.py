"""``AudioStore`` in a bucket of a server that speaks S3, with copies of what was heard lately on the local disk."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from assist.errors import StoreError
from assist.messages import Party
from assist.ports import Rates
from assist.stores.audio import FlacAudioStore

log = logging.getLogger(__name__)

CONNECT_S, READ_S, ATTEMPTS = 5, 30, 3
"""Of one request; what fails all the same waits in the spool, and is tried again from there."""
SWEPT_EVERY_S = 3_600.0
_MISSING = ("404", "NoSuchKey", "NotFound")
_REFUSED = ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "NoSuchBucket", "401", "403")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where recordings lie, and who asks for them."""

    name: str
    prefix: str = ""
    """Before each name, with its last slash."""
    endpoint: str | None = None
    """Of a server that is not Amazon's; its buckets are addressed by path."""
    region: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    """Keys: None: those of the environment, as boto3 finds them."""


class S3AudioStore:
    """One object per call, ``<prefix><call_id>.flac``, encoded as ``FlacAudioStore`` does.

    ``directory`` keeps copies of at most ``copies_bytes``, none of them longer than ``copies_s``: whether a copy still
    holds is asked before it is given out. A removal takes every version of the object.
    Raises StoreError "audio-store-unavailable" while the server cannot be reached, "audio-store-refused" where it does
    not let Livecue at the bucket, InputError "bad-call-id".
    """

    def __init__(
        self, bucket: Bucket, directory: Path, *, copies_bytes: int = 2**31, copies_s: float = 86_400.0
    ) -> None:
        if copies_bytes < 0 or not copies_s > 0:
            raise ValueError("copies_bytes must not be negative, copies_s must be positive")
        self._bucket = bucket
        self._directory = directory
        self._copies = FlacAudioStore(directory)
        self._copies_bytes = copies_bytes
        self._copies_s = copies_s
        self._client: Any = cast("Any", boto3).client(
            "s3",
            endpoint_url=bucket.endpoint,
            region_name=bucket.region,
            aws_access_key_id=bucket.access_key,
            aws_secret_access_key=bucket.secret_key,
            config=Config(
                connect_timeout=CONNECT_S,
                read_timeout=READ_S,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                s3={"addressing_style": "path" if bucket.endpoint else "auto"},
                # Servers other than Amazon's may not know its newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, bucket: Bucket, directory: Path, *, copies_bytes: int) -> AsyncGenerator[S3AudioStore]:
        """A store whose copies go when they are old, also while nobody asks for any."""
        store = cls(bucket, directory, copies_bytes=copies_bytes)
        sweeping = asyncio.create_task(store._keep_swept(), name="sound copies")
        try:
            yield store
        finally:
            sweeping.cancel()
            await asyncio.gather(sweeping, return_exceptions=True)
            await asyncio.to_thread(store._client.close)

    async def sweep(self) -> None:
        """Remove copies that are old or too many."""
        await asyncio.to_thread(self._sweep)

    async def save(self, call_id: str, legs: Mapping[Party, Path], rate_hz: Rates) -> None:
        await self._copies.save(call_id, legs, rate_hz)
        file = self._file(call_id)
        try:
            await asyncio.to_thread(self._upload, file)
        except StoreError:
            await self._copies.remove(call_id)
            raise
        await asyncio.to_thread(self._sweep, keeping=file)

    async def path(self, call_id: str) -> Path | None:
        copy = await self._copies.path(call_id)
        file = self._file(call_id)
        if await asyncio.to_thread(self._fetch, file, is_copied=copy is not None):
            return file
        await self._copies.remove(call_id)
        return None

    async def remove(self, call_id: str) -> bool:
        had_copy = await self._copies.remove(call_id)
        return await asyncio.to_thread(self._remove, self._file(call_id)) or had_copy

    async def _keep_swept(self) -> None:
        while True:
            await self.sweep()
            await asyncio.sleep(SWEPT_EVERY_S)

    def _file(self, call_id: str) -> Path:
        return self._directory / f"{call_id}.flac"

    def _key(self, file: Path) -> str:
        return f"{self._bucket.prefix}{file.name}"

    def _upload(self, file: Path) -> None:
        with _s3_errors(), file.open("rb") as body:
            self._client.put_object(Bucket=self._bucket.name, Key=self._key(file), Body=body, ContentType="audio/flac")
            _date(file, self._head(file))

    def _fetch(self, file: Path, *, is_copied: bool) -> bool:
        """Have the object as a file; False: there is none."""
        with _s3_errors():
            head = self._head(file)
            if head is None:
                return False
            if is_copied and _is_copy_of(file, head):
                return True
            file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = file.with_name(f"{file.name}.{uuid4().hex}.part")
            try:
                self._client.download_file(self._bucket.name, self._key(file), str(unfinished))
                _date(unfinished, head)
                unfinished.replace(file)
            finally:
                unfinished.unlink(missing_ok=True)
        self._sweep(keeping=file)
        return True

    def _head(self, file: Path) -> Mapping[str, Any] | None:
        """What the server tells of the object; None: there is none."""
        try:
            return self._client.head_object(Bucket=self._bucket.name, Key=self._key(file))
        except ClientError as error:
            if _code(error) in _MISSING:
                return None
            raise

    def _remove(self, file: Path) -> bool:
        key, bucket = self._key(file), self._bucket.name
        removed = False
        with _s3_errors():
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key)
            for page in pages:
                for version in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    if version["Key"] == key:
                        self._client.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])
                        removed = True
        return removed

    def _sweep(self, *, keeping: Path | None = None) -> None:
        """Remove copies that were last fetched long ago, and the oldest of too many."""
        try:
            copies = sorted(
                ((file.stat(), file) for file in self._directory.glob("*.flac")), key=lambda one: one[0].st_ctime
            )
            held_bytes = sum(state.st_size for state, _ in copies)
            oldest_s = time.time() - self._copies_s
            for state, file in copies:
                if file != keeping and (held_bytes > self._copies_bytes or state.st_ctime < oldest_s):
                    file.unlink(missing_ok=True)
                    held_bytes -= state.st_size
        except OSError:
            log.warning("copies of recordings cannot be removed", exc_info=True)


def _date(file: Path, head: Mapping[str, Any] | None) -> None:
    """Give a copy the time of its object: by that, and its length, it is known to be one."""
    if head is not None:
        at = head["LastModified"].timestamp()
        os.utime(file, (at, at))


def _is_copy_of(file: Path, head: Mapping[str, Any]) -> bool:
    try:
        state = file.stat()
    except FileNotFoundError:
        return False
    return state.st_size == head["ContentLength"] and int(state.st_mtime) == int(head["LastModified"].timestamp())


def _code(error: ClientError) -> str:
    response: Any = error.response
    return str(response.get("Error", {}).get("Code", ""))


@contextmanager
def _s3_errors() -> Generator[None]:
    try:
        yield
    except ClientError as error:
        if _code(error) in _REFUSED:
            raise StoreError(
                "The audio store does not let Livecue in; check bucket and keys in LIVECUE_AUDIO.",
                code="audio-store-refused",
            ) from error
        raise _unavailable() from error
    except (BotoCoreError, Boto3Error, OSError) as error:
        raise _unavailable() from error


def _unavailable() -> StoreError:
    return StoreError(
        "The call's audio cannot be stored or read now; see the server's log.", code="audio-store-unavailable"
    )
