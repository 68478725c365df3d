"""mailtrend.toml and MAILTREND_* as one frozen object; an unknown key is refused with the nearest known one."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import (
    SettingsError as UnreadableEnvironment,
)

from mailtrend.errors import SettingsError
from mailtrend.settings import checking
from mailtrend.settings.matchers import UtcTime, Vips, Zone
from mailtrend.settings.rules import Acknowledge, Ignore, Maintenance, Severity, Thresholds

DEFAULT_FILE = Path("mailtrend.toml")
ENV_PREFIX = "MAILTREND_"


class Change(BaseModel):
    """One `[[change]]`: something that was done, to which incidents that start after it are held."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time: UtcTime
    kind: str = "other"
    subject: str | None = None
    note: str | None = None


TABLES: Final[dict[str, type[BaseModel]]] = {
    "change": Change, "ignore": Ignore, "acknowledge": Acknowledge, "severity": Severity, "maintenance": Maintenance,
    "thresholds": Thresholds,
}  # fmt: skip
"""What `[[name]]` and `[name]` hold."""
RULES: Final = ("ignore", "acknowledge", "severity", "maintenance", "vip")
"""Keys whose rules act on incidents that were found."""


class Settings(BaseSettings):
    """What a user may set once instead of saying it at every command."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=ENV_PREFIX)

    lake: Path = Path("mailtrend-lake")
    tenant: str = "default"
    timezone: Zone = "UTC"
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    queries: Path | None = None
    """Folder with queries of your own, *.sql."""
    formats: Path | None = None
    """Folder with source formats of your own, *.toml."""
    codes: Path | None = None
    """File, or folder of files, with status codes, rules and replies of your own, *.toml."""
    change: tuple[Change, ...] = Field(default=())
    ignore: tuple[Ignore, ...] = Field(default=())
    acknowledge: tuple[Acknowledge, ...] = Field(default=())
    severity: tuple[Severity, ...] = Field(default=())
    maintenance: tuple[Maintenance, ...] = Field(default=())
    vip: Vips = ()
    """Recipients that matter more: addresses, or domains as @board.contoso.com."""
    thresholds: Thresholds = Thresholds()
    _folder: Path | None = PrivateAttr(default=None)

    @property
    def folder(self) -> Path | None:
        """Where mailtrend.toml lies; None where there is none."""
        return self._folder

    def beside(self, file: Path) -> Settings:
        """These settings, which were read from `file`."""
        self._folder = file.resolve().parent
        return self

    @property
    def rules_digest(self) -> int:
        """A number that changes with every rule and limit that incidents depend on."""
        told = self.model_dump_json(include={*RULES, "thresholds", "timezone"})
        return int(hashlib.sha256(told.encode("utf-8")).hexdigest()[:15], 16)

    @property
    def said_timezone(self) -> str | None:
        """The time zone, if file or environment name one: a source that tells its own zone is asked only without."""
        return self.timezone if "timezone" in self.model_fields_set else None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file (given as init values); nothing else is looked at."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def load(path: Path | None = None) -> Settings:
    """Settings from `path`, or from ./mailtrend.toml where there is one, with MAILTREND_* on top.

    Raises SettingsError with the place, the fault and the nearest known key.
    """
    file = path or DEFAULT_FILE
    if path is not None and not path.is_file():
        raise SettingsError("no such file", where=str(path), mend="check --config")
    values: dict[str, Any] = {}
    if file.is_file():
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"is not valid TOML ({error})", where=str(file), mend=checking.MEND) from error
    checking.refuse_unknown(values, set(Settings.model_fields), TABLES, file)
    try:
        found = Settings(**values)
    except ValidationError as error:
        raise checking.refusal(error.errors()[0], TABLES, file) from error
    except UnreadableEnvironment as error:
        told = checking.environment(error, ENV_PREFIX)
        raise SettingsError(
            "is no JSON", where=told, mend='lists and tables are written as JSON: ["a", "b"]'
        ) from error
    return found.beside(file) if file.is_file() else found
