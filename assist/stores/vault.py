"""``Vault`` with AES-GCM and keys in a file."""

from __future__ import annotations

import json
import logging
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assist.errors import ConfigurationError, StoreError
from assist.whole_file import whole_file

log = logging.getLogger(__name__)

KEY_BITS = 256
_NONCE_BYTES = 12
_KEY_ID_BYTES = 4
_OWNER_ONLY = 0o600
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id; new words are sealed with the current one, older ones still open what they sealed."""

    current: str
    keys: Mapping[str, bytes]

    @classmethod
    def new(cls) -> KeyRing:
        return cls("", {}).rotated()

    def rotated(self) -> KeyRing:
        """With a new current key; the others are kept."""
        key_id = secrets.token_hex(_KEY_ID_BYTES)
        return KeyRing(key_id, {**self.keys, key_id: AESGCM.generate_key(KEY_BITS)})

    def without(self, key_id: str) -> KeyRing:
        """Without a key that seals nothing any more. Raises ValueError for the current one."""
        if key_id == self.current:
            raise ValueError("the current key cannot be taken away")
        return KeyRing(self.current, {known: key for known, key in self.keys.items() if known != key_id})


def open_key_ring(path: Path) -> KeyRing:
    """The keys of a file, which is created, for its owner alone, where there is none.

    Safe when several processes start at once. Raises ConfigurationError "bad-private-keys".
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, KeyRing.new(), keeps_old=True)
        return _read(path)
    except OSError as error:
        raise _bad(path, f"cannot be read or written ({error.strerror})") from error


def save_key_ring(path: Path, ring: KeyRing) -> None:
    """Replace the file in one step. Raises ConfigurationError "bad-private-keys"."""
    try:
        _write(path, ring)
    except OSError as error:
        raise _bad(path, f"cannot be written ({error.strerror})") from error


class AesVault:
    """Seals words with AES-256-GCM, bound to their place in the log: a seal opens nowhere else.

    A seal is ``KEY_ID.base64url(nonce + ciphertext)``. Lengths are not hidden: masks tell them as well.
    """

    def __init__(self, ring: KeyRing, *, file: Path | None = None) -> None:
        """``file``: the keys are read from it again once it has changed."""
        self._file = file
        self._read_ns = _changed_ns(file)
        self._take(ring)

    @classmethod
    def open(cls, file: Path) -> AesVault:
        """With the keys of a file, also those that are put there later. Raises ConfigurationError."""
        ring = open_key_ring(file)
        return cls(ring, file=file)

    def seal(self, words: Sequence[str], *, call_id: str, seq: int) -> str:
        self._look_for_keys()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = json.dumps(list(words), ensure_ascii=False, separators=(",", ":")).encode()
        cipher = self._ciphers[self._current].encrypt(nonce, plain, _place(call_id, seq))
        return f"{self._current}.{urlsafe_b64encode(nonce + cipher).decode()}"

    def unseal(self, sealed: str, *, call_id: str, seq: int) -> tuple[str, ...]:
        self._look_for_keys()
        key_id, _, encoded = sealed.partition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise StoreError(f"The key {key_id!r} of a seal is not in the key file.", code="seal-damaged")
        try:
            data = urlsafe_b64decode(encoded)
            plain = cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _place(call_id, seq))
        except (InvalidTag, Base64Error, ValueError) as error:
            message = "A seal was changed, or belongs to another place; restore the database from a backup."
            raise StoreError(message, code="seal-damaged") from error
        return tuple(cast("list[str]", json.loads(plain)))

    def _take(self, ring: KeyRing) -> None:
        self._current = ring.current
        self._ciphers = {key_id: AESGCM(key) for key_id, key in ring.keys.items()}

    def _look_for_keys(self) -> None:
        """Keys that cannot be read leave those in use that are known."""
        changed_ns = _changed_ns(self._file)
        if self._file is None or changed_ns == self._read_ns:
            return
        try:
            self._take(_read(self._file))
        except (ConfigurationError, OSError):
            log.exception("the keys of masked words cannot be read again")
        self._read_ns = changed_ns

    def is_current(self, sealed: str) -> bool:
        """Whether it was sealed with the current key; others are sealed anew after a rotation."""
        return sealed.partition(".")[0] == self._current


def _changed_ns(file: Path | None) -> int:
    """When it was written; 0 where there is none."""
    try:
        return file.stat().st_mtime_ns if file else 0
    except OSError:
        return 0


def _place(call_id: str, seq: int) -> bytes:
    return f"{call_id}/{seq}".encode()


def _write(path: Path, ring: KeyRing, *, keeps_old: bool = False) -> None:
    """For its owner alone."""
    keys = {key_id: urlsafe_b64encode(key).decode() for key_id, key in ring.keys.items()}
    with whole_file(path, mode=_OWNER_ONLY, keeps_old=keeps_old) as file:
        file.write(json.dumps({"current": ring.current, "keys": keys}, indent=2).encode())


def _read(path: Path) -> KeyRing:
    if path.stat().st_mode & _OTHERS:
        raise _bad(path, "can be read by others; give it mode 600")
    try:
        values: Any = json.loads(path.read_text("utf-8"))
        keys = {str(key_id): urlsafe_b64decode(key) for key_id, key in values["keys"].items()}
        ring = KeyRing(values["current"], keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _bad(path, "holds no keys; restore it from a backup") from error
    if ring.current not in keys or any(len(key) * 8 != KEY_BITS for key in keys.values()):
        raise _bad(path, "lacks its current key; restore it from a backup")
    return ring


def _bad(path: Path, what: str) -> ConfigurationError:
    return ConfigurationError(f"The file {path} with the keys of masked words {what}.", code="bad-private-keys")
