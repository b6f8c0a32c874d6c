"""The HTTP message signature of an AudioHook connection.

After draft-ietf-httpbis-message-signatures, which became RFC 9421, as Genesys uses it: HMAC-SHA256 with the client
secret over the request target, the authority, the ids of the session and the API key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.sources.audiohook.structured_fields import InnerList, Item, Member, Parameters, read_dictionary, written

REQUIRED: Final = (
    "@request-target",
    "@authority",
    "audiohook-organization-id",
    "audiohook-session-id",
    "audiohook-correlation-id",
    "x-api-key",
)
"""What a signature has to cover."""
MAX_SKEW_S: Final = 3
"""How far the clocks may be apart."""
MAX_AGE_S: Final = 10
"""The skew goes off this, too, as in the vendor's own server: 7 s in effect."""
MIN_NONCE_CHARS: Final = 22
LIFETIME_S: Final = 30
"""Of a signature, as its maker says."""

REFUSALS: Final[Mapping[str, str]] = {
    "no-api-key": "The connection carries no X-API-KEY: give the integration one of LIVECUE_SOURCES__AUDIOHOOK__KEYS.",
    "unsigned": "The connection is not signed, but its API key has a client secret: give the integration the secret.",
    "signature-malformed": "The signature's headers cannot be read, or one of the two is missing.",
    "signature-incomplete": "The signature does not cover all that it has to.",
    "signature-expired": "The signature is too old: are the clocks right?",
    "signature-too-early": "The signature comes from the future: are the clocks right?",
    "nonce-too-short": "The signature's nonce is shorter than 22 characters.",
    "nonce-reused": "The signature was used before: somebody repeats a connection.",
    "key-mismatch": "The signature names another key than X-API-KEY.",
    "unknown-key": "The API key is not in LIVECUE_SOURCES__AUDIOHOOK__KEYS.",
    "signature-wrong": "The signature does not fit: compare the client secret, and see that the proxy passes Host and "
    "path on unchanged, or that LIVECUE_PUBLIC_URL is the address of the integration.",
}
"""Why a connection is not let in, by remark."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a signature is about."""

    target: str
    """Path and query as they were received."""
    authorities: Sequence[str]
    """Names this server may have been called by; one of them has to fit."""
    headers: Mapping[str, str]
    """Names in lower case."""


class NonceMemory:
    """Nonces of valid signatures for as long as they could be repeated; the oldest is forgotten first."""

    def __init__(self, *, limit: int = 20_000) -> None:
        if limit < 1:
            raise ValueError("limit must be at least 1")
        self._limit = limit
        self._until_s: OrderedDict[bytes, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._until_s)

    def is_new(self, key: str, nonce: str, now_s: float) -> bool:
        """Whether it was not here before; it is remembered."""
        while self._until_s and next(iter(self._until_s.values())) < now_s:
            self._until_s.popitem(last=False)
        digest = hashlib.sha256(f"{key}\n{nonce}".encode()).digest()
        if digest in self._until_s:
            return False
        self._until_s[digest] = now_s + MAX_AGE_S + MAX_SKEW_S
        while len(self._until_s) > self._limit:
            self._until_s.popitem(last=False)
        return True


def refusal_of(request: SignedRequest, keys: Mapping[str, str], now_s: float, nonces: NonceMemory) -> str | None:
    """Why the request proves nothing, as one of ``REFUSALS``; None: it comes from who has the secret.

    ``keys``: client secrets in base64 by API key; one whose secret is empty need not sign. ``now_s``: Unix time.
    """
    api_key = request.headers.get("x-api-key", "").strip()
    if not api_key:
        return "no-api-key"
    inputs = request.headers.get("signature-input", "")
    signatures = request.headers.get("signature", "")
    if not inputs.strip() and not signatures.strip():
        if api_key not in keys:
            return "unknown-key"
        return "unsigned" if keys[api_key] else None
    try:
        signed = _read_signed(read_dictionary(inputs), read_dictionary(signatures))
    except ValueError:
        return "signature-malformed"
    return (
        _refusal_of_times(signed.parameters, now_s)
        or _refusal_of_names(signed, api_key)
        or _refusal_of_digest(signed, request, keys.get(api_key))
        or (None if nonces.is_new(api_key, _text(signed, "nonce"), now_s) else "nonce-reused")
    )


def signed_headers(request: SignedRequest, key: str, secret: str, *, created: int, nonce: str) -> Mapping[str, str]:
    """What Genesys Cloud adds to a request that goes to the first of its authorities; ``created``: Unix time."""
    parameters: Parameters = (
        ("keyid", key),
        ("nonce", nonce),
        ("alg", "hmac-sha256"),
        ("created", created),
        ("expires", created + LIFETIME_S),
    )
    covered = InnerList(tuple(Item(name) for name in REQUIRED), parameters)
    base = _signature_base(_Signed(covered, b""), request, request.authorities[0]) or ""
    digest = hmac.digest(decoded_secret(secret), base.encode(), "sha256")
    return {"Signature-Input": f"sig1={written(covered)}", "Signature": f"sig1={written(Item(digest))}"}


@dataclass(frozen=True, slots=True)
class _Signed:
    covered: InnerList
    signature: bytes

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(str(item.value) for item in self.covered.items)

    @property
    def parameters(self) -> Mapping[str, object]:
        return dict(self.covered.parameters)


_KINDS: Final[Mapping[str, type]] = {"alg": str, "created": int, "expires": int, "keyid": str, "nonce": str}


def _read_signed(inputs: Mapping[str, Member], signatures: Mapping[str, Member]) -> _Signed:
    """The first signature, whatever its label. Raises ValueError."""
    label, covered = next(iter(inputs.items()), (None, None))
    signature = signatures.get(label or "")
    if not isinstance(covered, InnerList) or not isinstance(signature, Item) or not isinstance(signature.value, bytes):
        raise ValueError("a signature is a list of names and its bytes")
    if any(not isinstance(item.value, str) or item.parameters for item in covered.items):
        raise ValueError("what a signature covers is named by plain strings")
    for name, value in covered.parameters:
        kind = _KINDS.get(name)
        if kind is None or type(value) is not kind or (isinstance(value, int) and value < 0):
            raise ValueError("an unknown or unusable parameter")
    return _Signed(covered, signature.value)


def _refusal_of_times(parameters: Mapping[str, object], now_s: float) -> str | None:
    created, expires = parameters.get("created"), parameters.get("expires")
    if not isinstance(created, int):
        return "signature-incomplete"
    if created > now_s + MAX_SKEW_S:
        return "signature-too-early"
    if created + MAX_AGE_S < now_s + MAX_SKEW_S:
        return "signature-expired"
    return "signature-expired" if isinstance(expires, int) and expires < now_s + MAX_SKEW_S else None


def _refusal_of_names(signed: _Signed, api_key: str) -> str | None:
    names = signed.names
    if len(set(names)) != len(names):
        return "signature-malformed"
    if not set(REQUIRED) <= set(names):
        return "signature-incomplete"
    if len(_text(signed, "nonce")) < MIN_NONCE_CHARS:
        return "nonce-too-short"
    if _text(signed, "keyid") != api_key:
        return "key-mismatch"
    return None if signed.parameters.get("alg", "hmac-sha256") == "hmac-sha256" else "signature-malformed"


def _refusal_of_digest(signed: _Signed, request: SignedRequest, secret: str | None) -> str | None:
    """With an unknown key the work is the same, so that how long it takes tells nothing."""
    key = secrets.token_bytes(32) if secret is None else decoded_secret(secret)
    fits = False
    for authority in request.authorities:
        base = _signature_base(signed, request, authority)
        if base is None:
            return "signature-incomplete"
        fits |= hmac.compare_digest(hmac.digest(key, base.encode(errors="replace"), "sha256"), signed.signature)
    if secret is None:
        return "unknown-key"
    return None if fits and secret else "signature-wrong"


def _signature_base(signed: _Signed, request: SignedRequest, authority: str) -> str | None:
    """What was signed, written anew from what was read; None where the request lacks a part of it."""
    lines: list[str] = []
    for item in signed.covered.items:
        value = _component(str(item.value), request, authority)
        if value is None:
            return None
        lines.append(f"{written(item)}: {value}")
    lines.append(f'"@signature-params": {written(signed.covered)}')
    return "\n".join(lines)


def _component(name: str, request: SignedRequest, authority: str) -> str | None:
    match name:
        case "@request-target":
            return request.target
        case "@authority":
            return authority
        case "signature":
            return None
        case _:
            return request.headers.get(name, "").strip() or None


def _text(signed: _Signed, parameter: str) -> str:
    return str(signed.parameters.get(parameter, ""))


def decoded_secret(secret: str) -> bytes:
    """The bytes of a client secret; its padding may be missing. Raises ValueError where it is not base64."""
    return b64decode(secret + "=" * (-len(secret) % 4), validate=True)
