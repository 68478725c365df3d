"""How a rule says which incidents it is for, and the values that rules are made of."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Kind = Literal["burst", "sustained", "new_code", "drift", "flapping", "recurring", "silence"]
Owner = Literal[
    "sender", "your_organization", "on_premises", "partner", "recipient_organization", "microsoft", "dns", "network",
    "nobody", "undetermined",
]  # fmt: skip
Level = Literal["critical", "warning", "notice"]
YEARS: Final = (1970, 2200)
_CODE: Final = re.compile(r"[245]\.(?:\*|\d{1,3}\.(?:\*|\d{1,3}))")
_CAUSE: Final = re.compile(r"[a-z0-9_]+")
_VIP: Final = re.compile(r"[^@\s]*@[^@\s.]+(?:\.[^@\s.]+)+")


def several(value: Any) -> Any:  # noqa: ANN401  # whatever TOML holds
    """One text stands for a list of one."""
    return [value] if isinstance(value, str) else value


def lowered(value: Any) -> Any:  # noqa: ANN401  # whatever TOML holds
    """A list of texts in small letters."""
    return [each.strip().lower() if isinstance(each, str) else each for each in value] if _is_list(value) else value


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _pattern(value: str) -> str:
    text = value.strip()
    if not text:
        raise ValueError("must not be empty; leave the key out to match any")
    return text


def _code(value: str) -> str:
    if not _CODE.fullmatch(value.strip()):
        raise ValueError(f"'{value}' is no status code such as 4.4.316, and no family such as 4.4.*")
    return value.strip()


def _cause(value: str) -> str:
    if not _CAUSE.fullmatch(value):
        raise ValueError(f"'{value}' is no key of a cause, such as connection_refused")
    return value


def _vip(value: str) -> str:
    if not _VIP.fullmatch(value):
        raise ValueError(f"'{value}' is neither an address (ceo@contoso.com) nor a domain (@board.contoso.com)")
    return value


def in_utc(value: datetime) -> datetime:
    """Stored times are UTC without a zone; a time without one is taken as UTC."""
    return sensible(value).astimezone(UTC).replace(tzinfo=None) if value.tzinfo else sensible(value)


def sensible(value: datetime) -> datetime:
    """A time that can be reckoned with in every zone. Raises ValueError."""
    if not YEARS[0] <= value.year <= YEARS[1]:
        raise ValueError(f"the year {value.year} lies beyond all logs")
    return value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no time zone '{name}'; a name such as Europe/Berlin is wanted") from error
    return name


UtcTime = Annotated[datetime, AfterValidator(in_utc)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Patterns = Annotated[
    tuple[Annotated[str, AfterValidator(_pattern)], ...], BeforeValidator(several), Field(default=(), min_length=1)
]
Codes = Annotated[
    tuple[Annotated[str, AfterValidator(_code)], ...], BeforeValidator(several), Field(default=(), min_length=1)
]
Causes = Annotated[
    tuple[Annotated[str, AfterValidator(_cause)], ...], BeforeValidator(several), Field(default=(), min_length=1)
]
Kinds = Annotated[tuple[Kind, ...], BeforeValidator(several), Field(default=(), min_length=1)]
Owners = Annotated[tuple[Owner, ...], BeforeValidator(several), Field(default=(), min_length=1)]
Vips = Annotated[
    tuple[Annotated[str, AfterValidator(_vip)], ...],
    BeforeValidator(lowered),
    BeforeValidator(several),
]


class Matchers(BaseModel):
    """Which incidents a rule is for: all keys that are given have to match, each by one of its values.

    In names `*` stands for any text, and case does not matter.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    tenant: Patterns
    connector: Patterns
    destination: Patterns
    domain: Patterns
    status_code: Codes
    cause: Causes
    kind: Kinds
    owner: Owners
    note: str | None = None

    @property
    def anything(self) -> bool:
        """Does it match every incident?"""
        return not any(getattr(self, name) for name in MATCHERS)


MATCHERS: Final = ("tenant", "connector", "destination", "domain", "status_code", "cause", "kind", "owner")
"""Keys that say which incidents a rule is for."""
