"""``livecue doctor --connect``: how phone platforms are connected to a running service, seen from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from assist.errors import InputError, UnavailableError
from gateway.diagnosis.calls import newest_call
from gateway.diagnosis.door import Caller, door_address, examine_door
from gateway.diagnosis.findings import Finding
from gateway.diagnosis.port import AUDIOSOCKET, examine_port
from gateway.diagnosis.record import judge
from gateway.settings import Settings
from gateway.sources.catalogue import source_doors
from gateway.sources.door import SourceDoor


async def examine_connections(
    settings: Settings, *, platform: str | None, url: str | None, key: str | None
) -> Sequence[Finding]:
    """What is to be said of one platform, or of every one whose door is there.

    ``url``: the address that the platform is told, else the public one, else this machine's own, ``tcp://…`` that of
    AudioSocket's port; its path counts where one platform is named; ``key``: an API key.
    Raises InputError "unknown-platform", "bad-url".
    """
    is_port = url is not None and urlsplit(url).scheme == "tcp"
    base = (None if is_port else url) or settings.public_url or f"http://{settings.host}:{settings.port}"
    if platform is None:
        base = urlunsplit((*urlsplit(base)[:2], "", "", ""))
    found: list[Finding] = []
    for door in _chosen(settings, platform):
        found += await examine_door(door, settings, Caller(door_address(base, door), key))
        found += await _newest_call(door.name, base, key)
    if platform == AUDIOSOCKET or (platform is None and settings.sources.audiosocket.enabled):
        found += await examine_port(settings, url=url)
        found += await _newest_call(AUDIOSOCKET, base, key)
    return found


def _chosen(settings: Settings, platform: str | None) -> Sequence[SourceDoor]:
    doors = {door.name: door for door in source_doors()}
    if platform is None:
        return [door for door in doors.values() if door.is_on(settings.sources)]
    if platform == AUDIOSOCKET:
        return []
    if platform not in doors:
        names = ", ".join(sorted([*doors, AUDIOSOCKET]))
        raise InputError(f"{platform!r} is no platform of Livecue's; there are {names}.", code="unknown-platform")
    return [doors[platform]]


async def _newest_call(platform: str, base: str, key: str | None) -> Sequence[Finding]:
    if key is None:
        return [Finding(platform, "key-missing", "warn")]
    parts = urlsplit(base)
    scheme = "https" if parts.scheme in ("https", "wss") else "http"
    try:
        record = await newest_call(urlunsplit((scheme, parts.netloc, "", "", "")), key, platform)
    except UnavailableError as error:
        return [Finding(platform, "record-unseen", "warn", {"reason": error.message})]
    return [Finding(platform, "no-call", "warn")] if record is None else judge(record)
