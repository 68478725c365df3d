"""Names put into steps: as they are in prose, as literals of PowerShell in commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from mailtrend.knowledge.shapes import PLACEHOLDERS, Takes

Fill = Callable[[Iterable[str]], tuple[str, ...]]
"""Steps with placeholders → steps with names."""
PLACEHOLDER: Final = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
PLACE: Final = re.compile(r"\{place\.(\w+)\}")
CONNECTOR: Final = re.compile(r"\b([Cc])onnector \{connector\}")
ACCEPTED: Final = re.compile(r"\b(accepted domain) \{domain\}")
COMMAND: Final = re.compile(r"`[^`]*`")
UNNAMED: Final = {
    "connector": "the connector",
    "destination": "the destination",
    "domain": "the domain",
    "code": "the code",
    "ip": "its address",
}
"""What stands for a name that is not known; in a command it is the placeholder in capitals."""
UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""Control characters, line ends and what turns the direction of writing round."""
PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*")
"""A name that no shell takes apart."""
IN_QUOTES: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:,()+/@-]*")
"""A name that PowerShell, cmd and POSIX shells read alike between double quotes."""
QUOTES: Final = re.compile("(['\u2018\u2019\u201a\u201b])")
"""What PowerShell takes for the end of a literal in single quotes."""
LONGEST: Final = 200
VERIFY: Final = "`mailtrend verify --connector {connector}%s --since TIME_OF_CHANGE`"


def filler(names: Mapping[str, str | None], places: Mapping[str, str]) -> Fill:
    """What puts these names and paths into steps; `connector {connector}` without a name is `the connector`."""

    def fill(steps: Iterable[str]) -> tuple[str, ...]:
        return tuple(_filled(PLACE.sub(lambda found: places[found[1]], step), names) for step in steps)

    return fill


def afterwards(takes: Takes, *, by_connector: bool, by_code: bool) -> list[str]:
    """The last step of every guide: how long a change takes, and how to see that it worked.

    That is asked of a connector, which mail by MX has none of, and of a code where there is one.
    """
    if not takes.sentence:
        return []
    if takes.verify and by_connector:
        verify = VERIFY % (" --code {code}" * by_code)
        return [f"{takes.sentence}. See then whether it worked, with a fresh export: {verify}."]
    return [f"{takes.sentence}."]


def literal(name: str) -> str | None:
    """`name` as one argument of a command that an admin may paste into PowerShell; None where that cannot be.

    Names come from logs, which anybody may have written to: nothing of one may ever be run.
    """
    if "`" in name or not name or name != UNSEEN.sub(" ", name):
        return None
    if PLAIN.fullmatch(name):
        return name
    if IN_QUOTES.fullmatch(name):
        return f'"{name}"'
    doubled = QUOTES.sub(r"\1\1", name)
    return f"'{doubled}'"


def _filled(step: str, names: Mapping[str, str | None]) -> str:
    """Commands first: what a name brings along is not looked at again."""
    parts = []
    end = 0
    for found in COMMAND.finditer(step):
        parts += [_prose(step[end : found.start()], names), _command(found[0], names)]
        end = found.end()
    return "".join([*parts, _prose(step[end:], names)])


def _command(text: str, names: Mapping[str, str | None]) -> str:
    return PLACEHOLDER.sub(lambda found: literal((names[found[1]] or "")[:LONGEST]) or found[1].upper(), text)


def _prose(text: str, names: Mapping[str, str | None]) -> str:
    if names["connector"] is None:
        text = CONNECTOR.sub(lambda found: ("The" if found[1] == "C" else "the") + " connector", text)
    if names["domain"] is None:
        text = ACCEPTED.sub(r"\1", text)
    return PLACEHOLDER.sub(lambda found: _shown(names[found[1]]) or UNNAMED[found[1]], text)


def _shown(name: str | None) -> str:
    """A name on one line, without what would be mistaken for a command."""
    return UNSEEN.sub(" ", name or "").replace("`", "'")[:LONGEST].strip()
