"""Columns of a table of customers: which names the customer, and in which group the others stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from assist.errors import InputError
from assist.messages import FieldGroup, ProfileField
from assist.messages.customers import MAX_FIELDS, MAX_VALUE_CHARS

ID_COLUMNS = ("customer_id", "客户号")
NAME_COLUMNS = ("name", "姓名")
GROUPS: dict[str, FieldGroup] = {
    "static": "static",
    "dynamic": "dynamic",
    "service": "service",
    "静态": "static",
    "动态": "dynamic",
    "服务": "service",
}
"""What a column's name may begin with, before a point."""

WELL_KNOWN: dict[FieldGroup, tuple[str, ...]] = {
    "static": ("level", "since", "birthday", "type", "city", "channel", "protected", "opted_out"),
    "dynamic": (
        *("plan", "plan_price", "contract_end", "arpu", "last_bill", "balance"),
        *("dou", "data_used", "data_total", "mou", "handset", "handset_since", "broadband", "points"),
    ),
    "service": (
        *("calls_30d", "complaints_90d", "last_call", "last_reason"),
        *("last_offer", "last_reaction", "satisfaction", "open_ticket"),
    ),
}
"""Names that mean the same in every directory; the desk has words for them."""

_STATIC: FieldGroup = "static"
_GROUP_OF: dict[str, FieldGroup] = {name: group for group, names in WELL_KNOWN.items() for name in names}


def field_of(name: str, value: str) -> ProfileField:
    """A field by the name that a table gives it: ``dynamic.套餐``, or one that is well known.

    Raises InputError "bad-customer-field".
    """
    group, point, rest = name.partition(".")
    name, among = (rest, GROUPS[group]) if point and group in GROUPS else (name, _GROUP_OF.get(name, _STATIC))
    try:
        return ProfileField(name=name, value=value, group=among)
    except ValidationError as error:
        message = f"The field {name[:60]!r} has spaces in its name, or more than {MAX_VALUE_CHARS} characters."
        raise InputError(message, code="bad-customer-field") from error


@dataclass(frozen=True, slots=True)
class Columns:
    """The head of a table."""

    id_at: int
    name_at: int | None
    others: tuple[tuple[int, str], ...]
    """Place and name of each further column."""

    @classmethod
    def of(cls, head: Sequence[str]) -> Columns:
        """Raises InputError "bad-customer-columns", "bad-customer-field"."""
        names = [name.strip() for name in head]
        ids = [at for at, name in enumerate(names) if name in ID_COLUMNS]
        called = [at for at, name in enumerate(names) if name in NAME_COLUMNS]
        others = tuple((at, name) for at, name in enumerate(names) if name and at not in (*ids, *called))
        plain = [field_of(name, "-").name for _, name in others]
        if len(ids) != 1 or len(called) > 1 or len(set(plain)) < len(plain) or len(plain) > MAX_FIELDS:
            message = f"A table of customers needs one column customer_id, and at most {MAX_FIELDS} others, each once."
            raise InputError(message, code="bad-customer-columns")
        return cls(ids[0], called[0] if called else None, others)

    def customer_id(self, row: Sequence[str]) -> str:
        return row[self.id_at].strip()

    def name(self, row: Sequence[str]) -> str:
        return row[self.name_at].strip() if self.name_at is not None else ""

    def fields(self, row: Sequence[str]) -> tuple[ProfileField, ...]:
        """What a row tells; empty cells tell nothing. Raises InputError "bad-customer-field"."""
        cells = ((name, row[at].strip()) for at, name in self.others)
        return tuple(field_of(name, value) for name, value in cells if value)
