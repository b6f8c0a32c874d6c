"""A real server that speaks S3 on a loopback port of its own (moto's)."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast
from uuid import uuid4

import boto3
from moto.server import ThreadedMotoServer

from assist.stores.s3_audio import Bucket
from tests.support.kept_port import kept_port

KEY = "test-key"


class S3Server:
    """Starts and stops; what it holds stays with the process."""

    def __init__(self, port: int | None = None) -> None:
        """``port``: of one that was stopped; None: one that nobody had."""
        self.port = port or kept_port()
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self._server.start()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.client: Any = cast("Any", boto3).client(
            "s3", endpoint_url=self.endpoint, region_name="us-east-1", aws_access_key_id=KEY, aws_secret_access_key=KEY
        )

    def bucket(self, *, is_versioned: bool = False) -> Bucket:
        """A new one."""
        name = f"calls-{uuid4().hex[:12]}"
        self.client.create_bucket(Bucket=name)
        if is_versioned:
            self.client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return Bucket(name, "sound/", self.endpoint, "us-east-1", KEY, KEY)

    def keys(self, bucket: Bucket) -> list[str]:
        """Of every version of every object."""
        found = self.client.list_object_versions(Bucket=bucket.name)
        return [one["Key"] for one in (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))]

    def stop(self) -> None:
        self.client.close()
        self._server.stop()


@contextmanager
def running_s3(port: int | None = None) -> Generator[S3Server]:
    """The server, gone at the end."""
    server = S3Server(port)
    try:
        yield server
    finally:
        server.stop()
