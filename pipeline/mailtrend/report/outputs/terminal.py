"""The report in a few lines for a terminal: the verdict, and a table of the incidents."""

from __future__ import annotations

import io
from typing import Final

from mailtrend.report import owners, ruling, saying, understood, words
from mailtrend.report.model import Incident, Model, Rule

NARROW: Final = 80
"""Below this many columns the incidents are a list, not a table."""
NAMED: Final = 3
"""So many notices are named."""


def render(model: Model, *, encoding: str | None = None, width: int = 100) -> str:
    """Plain text without colour; in ASCII unless `encoding` is a Unicode one. Ends in a line feed."""
    sign = f"{model.standing.upper()}: " if model.alarming else ""
    lines = [_head(model), "", sign + words.one_line(model.verdict)]
    body = _wrapped("\n".join(lines), width) + _incidents(model, width) + _footer(model, width)
    return body if _is_unicode(encoding) else words.ascii_only(body)


def _head(model: Model) -> str:
    tenants = words.one_line(", ".join(model.tenants)) or "no tenant"
    return f"{tenants}, {words.period(model.since, model.until)}, data up to {words.time(model.as_of)}"


def _incidents(model: Model, width: int) -> str:
    if not model.acting:
        return ""
    if width < NARROW:
        return "\n" + "".join(_wrapped(f"- {_listed(found, model)}", width) for found in model.acting)
    return "\n" + _table(model, width)


def _table(model: Model, width: int) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=False)
    for name, ratio in (
        ("", None),
        ("what", 5),
        ("since", None),
        ("lost", None),
        ("at risk", None),
        ("who has to act", 3),
    ):
        table.add_column(name, ratio=ratio, overflow="fold", justify="right" if name in {"lost", "at risk"} else "left")
    for found in model.acting:
        table.add_row(*(Text(part) for part in _row(found, model)))
    out = io.StringIO()
    Console(
        file=out, width=width, color_system=None, force_terminal=False, legacy_windows=False, highlight=False
    ).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _row(found: Incident, model: Model) -> tuple[str, ...]:
    tenant = f"[{words.one_line(found.tenant)}] " if len(model.tenants) > 1 else ""
    return (
        f"{found.severity}, {found.state}", tenant + saying.headline(found), f"{found.started_at:%Y-%m-%d %H:%M}",
        words.count(found.lost), words.count(found.at_risk), words.owner(found.owner).split(":")[0],
    )  # fmt: skip


def _listed(found: Incident, model: Model) -> str:
    state, what, since, lost, risk, owner = _row(found, model)
    return f"{what} ({state}) since {since}: lost {lost}, at risk {risk}. {owner}."


def _footer(model: Model, width: int) -> str:
    lines = (
        _notices(model),
        _aside(model),
        ruling.idle(model.rules),
        owners.in_short(model.figure(owners.KEY)),
        model.owning if owners.mostly_open(model.figure(owners.KEY)) else "",
        understood.in_short(model.figure("classified")),
    )
    told = [line for line in lines if line]
    return "\n" + _wrapped("\n".join(told), width) if told else ""


def _notices(model: Model) -> str:
    """What was seen and is not urgent, the first few by name."""
    number = len(model.notices)
    if not number:
        return ""
    named = "; ".join(saying.headline(found) for found in model.notices[:NAMED])
    more = f"; and {number - NAMED} more" if number > NAMED else ""
    return f"{number} notice{'' if number == 1 else 's'}: {named}{more}."


def _aside(model: Model) -> str:
    """How much a rule of the user's keeps from the list, by rule."""
    if not model.aside:
        return ""
    number = len(model.aside)
    acted = [f"{len(acting)} by {rule.label}" for rule in model.rules if (acting := _kept_by(rule, model))]
    by = f": {', '.join(acted)}" if acted else ""
    return f"{number} incident{'' if number == 1 else 's'} set aside by your rules{by}."


def _kept_by(rule: Rule, model: Model) -> list[Incident]:
    """Those that it has set aside: the sentence on that comes last."""
    mine = f"({rule.label})"
    return [found for found in model.aside if found.rules and found.rules[-1].endswith(mine)]


def _wrapped(text: str, width: int) -> str:
    import textwrap

    return "".join(
        textwrap.fill(line, max(width, 20), subsequent_indent="  " * line.startswith("- ")) + "\n"
        for line in text.split("\n")
    )


def _is_unicode(encoding: str | None) -> bool:
    return encoding is None or encoding.lower().replace("-", "").replace("_", "").startswith("utf")
