"""One family of errors: each says where, what, and how to mend; raised below, printed once in the front door."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MailtrendError(Exception):
    """Something the user can mend: bad usage, unreadable input, bad configuration, a lake that is not whole (exit 2).

    `what` is one sentence without a full stop, `where` a file, file:line or option, `mend` what to do about it.
    """

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        """Keep the three parts apart, so that the front door can lay them out."""
        super().__init__(f"{where}: {what}" if where else what)
        self.what = what
        self.where = where
        self.mend = mend


class UsageError(MailtrendError):
    """The command line, a parameter or a query is off."""


class InputError(MailtrendError):
    """A file cannot be read, or is of no known format."""


class SettingsError(MailtrendError):
    """mailtrend.toml or an environment variable is off."""


class LakeError(MailtrendError):
    """The lake is missing, locked or not whole."""


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """How to mend a wrong name: the one among `known` that it resembles, whatever its case, else `otherwise`."""
    names = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.strip().casefold(), names, n=1)
    return f"did you mean '{names[near[0]]}'?" if near else otherwise
