"""What a new installation needs before anyone can come in: an administrator and a key for this machine's programs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from assist.whole_file import whole_file
from gateway.auth import Accounts

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is shown once and never again."""

    name: str
    password: str
    api_key: str


async def prepare_first_run(accounts: Accounts, cli_key_path: Path) -> Credentials | None:
    """Create the first administrator and the local key; None if this is not the first run.

    The local key is renewed on any run when its file is missing or the store does not know it.
    """
    key = await _ensure_local_key(accounts, cli_key_path)
    if await accounts.users():
        return None
    _, password = await accounts.add_user(ADMIN, "admin")
    return Credentials(name=ADMIN, password=password, api_key=key)


def read_local_key(path: Path) -> str | None:
    """The key that `livecue serve` left for this machine's command line; None without one."""
    try:
        return path.read_text(encoding="ascii").strip() or None
    except (FileNotFoundError, PermissionError):
        return None


async def _ensure_local_key(accounts: Accounts, path: Path) -> str:
    key = read_local_key(path)
    if key is None or not await accounts.is_key(key):
        key = await accounts.add_key(f"local-{secrets.token_hex(4)}")
        _write_private(path, key)
    return key


def _write_private(path: Path, text: str) -> None:
    """Replace a file that only its owner may read, at no moment readable by others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path, mode=0o600) as file:
        file.write(f"{text}\n".encode("ascii"))
