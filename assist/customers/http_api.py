"""Customers behind HTTP: one question, one answer, as docs/customers-api.yaml describes them.

The number is in the body and not in the address, which proxies and logs write down.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

import httpx
from pydantic import BaseModel, Field, ValidationError

from assist.customers.cache import RecordCache
from assist.customers.columns import field_of
from assist.errors import ConfigurationError, CustomersError, InputError
from assist.messages import FieldGroup, ProfileField
from assist.messages.customers import MAX_FIELDS
from assist.ports import CustomerRecord

MAX_BYTES = 256 * 1024
OK = 200


class ApiField(BaseModel):
    name: str
    value: str | int | float | bool
    group: FieldGroup | None = None

    def as_field(self) -> ProfileField:
        """Raises InputError."""
        value = str(self.value).lower() if isinstance(self.value, bool) else str(self.value)
        return field_of(self.name if self.group is None else f"{self.group}.{self.name}", value)


class ApiCustomer(BaseModel):
    customer_id: str
    name: Annotated[str, Field(max_length=200)] = ""
    fields: Annotated[tuple[ApiField, ...], Field(max_length=MAX_FIELDS)] = ()


class ApiAnswer(BaseModel):
    """What a directory answers; keys that are not named here are left alone."""

    version: Annotated[str, Field(max_length=60)] = "1"
    customer: ApiCustomer | None


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Bounds of one directory; each with its unit."""

    keep_s: float = 60.0
    """How long an answer is good."""
    kept_records: int = 10_000
    connections: int = 8


class HttpDirectory:
    """Asks a CRM, at most so many questions at a time, and remembers its answers for a while."""

    def __init__(self, client: httpx.AsyncClient, url: str, limits: HttpLimits | None = None) -> None:
        limits = limits or HttpLimits()
        self._client = client
        self._url = url
        self._host = httpx.URL(url).host
        self._cache = RecordCache(keep_s=limits.keep_s, limit=limits.kept_records)

    async def look_up(self, customer_id: str) -> CustomerRecord:
        """Raises CustomersError "customers-unavailable", "customers-bad-answer"."""
        clock = asyncio.get_running_loop()
        if (kept := self._cache.get(customer_id, clock.time())) is not None:
            return kept
        record = self._record(customer_id, await self._ask(customer_id))
        self._cache.put(customer_id, record, clock.time())
        return record

    async def _ask(self, customer_id: str) -> bytes:
        content = bytearray()
        try:
            async with self._client.stream("POST", self._url, json={"customer_id": customer_id}) as response:
                if response.status_code != OK:
                    message = f"The customer directory refused with HTTP status {response.status_code}."
                    raise CustomersError(message, code="customers-unavailable")
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > MAX_BYTES:
                        message = f"The customer directory's answer has more than {MAX_BYTES} bytes."
                        raise CustomersError(message, code="customers-bad-answer")
        except httpx.HTTPError as error:
            message = "The customer directory cannot be reached; see the server's settings."
            raise CustomersError(message, code="customers-unavailable") from error
        return bytes(content)

    def _record(self, customer_id: str, content: bytes) -> CustomerRecord:
        try:
            answer = ApiAnswer.model_validate_json(content)
            source, customer = f"{self._host}@{answer.version}", answer.customer
            if customer is None:
                return CustomerRecord(source, is_known=False)
            fields = tuple(one.as_field() for one in customer.fields if one.value != "")
        except (ValidationError, InputError) as error:
            message = "The customer directory's answer is not as docs/customers-api.yaml says."
            raise CustomersError(message, code="customers-bad-answer") from error
        if customer.customer_id != customer_id or len({field.name for field in fields}) < len(fields):
            message = "The customer directory answered of another customer, or named a field twice."
            raise CustomersError(message, code="customers-bad-answer")
        return CustomerRecord(source, True, customer.name, fields)


@asynccontextmanager
async def open_http_directory(
    url: str, *, token: str, limits: HttpLimits | None = None
) -> AsyncGenerator[HttpDirectory]:
    """``https://HOST/PATH``, the address of the question itself. Raises ConfigurationError "bad-customers"."""
    limits = limits or HttpLimits()
    try:
        has_host = bool(httpx.URL(url).host)
    except httpx.InvalidURL as error:
        raise ConfigurationError(
            "customers: that is no address of the form https://HOST/PATH.", code="bad-customers"
        ) from error
    if not has_host:
        raise ConfigurationError("customers: the address names no host; it is https://HOST/PATH.", code="bad-customers")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    bounds = httpx.Limits(max_connections=limits.connections, max_keepalive_connections=limits.connections)
    # Guarded bounds the time of a whole question; a limit per read would only add to it.
    async with httpx.AsyncClient(headers=headers, limits=bounds, timeout=None) as client:
        yield HttpDirectory(client, url, limits)
