"""The report as Markdown for a mail or a ticket: the same order as the page, compact.

Names from logs stand in code spans, sentences are escaped: neither can become a link, markup or a table cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from mailtrend.report import owners, saying, words
from mailtrend.report.model import Cell, CodeMeaning, Column, Figure, Incident, Model

ROWS: Final = 10
"""Rows of a figure that a mail shows."""
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>|~#&$])")
_LINK: Final = re.compile(r"(?i)(?:(?<=https)|(?<=http)|(?<=ftp)|(?<=mailto)):|(?<=www)\.")
"""The sign that makes a bare address a link."""
_LIST: Final = re.compile(r"^(?:\d+(?=[.)](?:\s|$))|(?=[-+](?:\s|$)|[-=]{2,}))")
"""Where a line would begin a list, a rule or a heading: the sign after it wants a backslash."""
_NAMES: Final = frozenset({"name", "code"})


def render(model: Model) -> str:
    """The whole report, ending in one line feed."""
    parts = [
        *_head(model),
        *_doing(model),
        *_rules(model),
        *_changed(model),
        *_figures("Figures", model.figures, model.meanings, model.owning),
        *_data(model),
    ]
    return "\n".join(parts).rstrip() + "\n"


def escape(value: str) -> str:
    """Text on one line that Markdown shows as it stands."""
    text = _SPECIAL.sub(r"\\\1", words.one_line(value))
    text = _LINK.sub(lambda match: f"\\{match[0]}", text)
    return _LIST.sub(lambda match: f"{match[0]}\\", text, count=1)


def told(text: str) -> str:
    """A sentence in which what stands between backticks is a command."""
    return "".join(
        code(part) if at % 2 else _blanks(part, escape(part)) for at, part in enumerate(words.COMMAND.split(text))
    )


def _blanks(part: str, escaped: str) -> str:
    """With the blank before and behind it that belongs to the sentence."""
    return f"{' ' * part.startswith(' ')}{escaped.strip()}{' ' * (part.endswith(' ') and part != ' ')}"


def code(value: str, *, in_table: bool = False) -> str:
    """A name as a code span, whatever back-ticks and bars are in it."""
    text = words.one_line(value)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    span = f"{fence}{pad}{text}{pad}{fence}" if text else words.NONE
    return span.replace("|", "\\|") if in_table else span


def block(code: str, language: str = "sql") -> list[str]:
    """SQL, or another text that has to stay as it is, in a fence longer than any in it."""
    text = words.visible(code.replace("\r\n", "\n"))
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *text.splitlines(), fence]


def _head(model: Model) -> list[str]:
    tenants = ", ".join(escape(name) for name in model.tenants) or "no tenant"
    lines = [
        f"# Mail delivery: {tenants}", "",
        f"{words.period(model.since, model.until)} · data up to {words.time(model.as_of)}", "",
        (f"**{model.standing.capitalize()}.** " if model.alarming else "") + escape(model.verdict), "",
    ]  # fmt: skip
    if model.standing == "no data":
        return lines
    totals = model.totals
    first = f" (first lost {words.time(totals.next_expiry)})" if totals.next_expiry else ""
    facts = [
        f"{words.count(totals.attempts)} delivery attempts",
        f"{words.count(totals.failures)} failed ({words.share(totals.failure_rate)})",
        f"{words.count(totals.messages)} messages and {words.count(totals.recipients)} recipients with a failure",
        f"{words.count(totals.lost)} lost",
        f"{words.count(totals.queued)} queued now" + first,
    ]  # fmt: skip
    return [*lines, " · ".join(facts), ""]


def _doing(model: Model) -> Iterator[str]:
    yield from ("## What needs doing", "")
    if not model.acting:
        no_data = model.standing == "no data"
        yield (
            "Nothing can be said: there is no data for this period."
            if no_data
            else "Nothing: no incident above a notice."
        )
        yield ""
    for found in model.acting:
        yield from _incident(found, model)
    if model.notices:
        yield from ("### Notices", "")
        yield from (_notice(found, model) for found in model.notices)
        yield ""


def _notice(found: Incident, model: Model) -> str:
    told = [
        f"{escape(saying.headline(found))}: {escape(saying.lasting(found, model.as_of))}. {escape(found.diagnosis)}"
    ]
    told += [f"{escape(sentence)}." for sentence in (*found.revisions, *found.rules)]
    if found.owner not in {"nobody", "undetermined"}:
        told.append(f"Who has to act, if anybody: {escape(words.owner(found.owner))}.")
    return "\n".join([f"- {' '.join(told)}", *(f"  {number}. {step}" for number, step in _steps(found))])


def _steps(found: Incident) -> Iterator[tuple[int, str]]:
    return ((number, told(action)) for number, action in enumerate(found.actions, 1))


def _incident(found: Incident, model: Model) -> Iterator[str]:
    yield from (f"### {escape(saying.headline(found))}", "")
    tenant = f" · {escape(found.tenant)}" if len(model.tenants) > 1 else ""
    kind = words.KINDS.get(found.kind, escape(found.kind))
    yield f"**{escape(found.severity)}**, {escape(found.state)}: {kind}{tenant}  "
    yield escape(saying.lasting(found, model.as_of)) + "  "
    yield f"Who has to act: **{escape(words.owner(found.owner))}**"
    yield from ("", f"{escape(found.diagnosis)} *{words.confidence(found.confidence)}*", "", _counts(found, model), "")
    if more := [f"{label} {escape(text)}" for label, text in saying.details(found)]:
        yield from (" · ".join(more), "")
    yield from _listed("Changed since it was last told:", found.revisions)
    yield from _listed("Your rules:", found.rules)
    # Whom it would hit is told in the page and the JSON only: a mail or a ticket is read by many, and the list is long.
    if bouncing := saying.bouncing(found):
        yield from (f"{escape(bouncing)}.", "")
    if found.actions:
        yield from ("What to do:", "")
        yield from (f"{number}. {step}" for number, step in _steps(found))
        yield ""
    if found.partner_message:
        yield from ("Message to the partner, ready to be sent:", "", *block(found.partner_message, "text"), "")
    yield from _listed("Evidence:", found.evidence)
    if found.query:
        yield from (*block(found.query), "")


def _listed(head: str, sentences: Sequence[str]) -> Iterator[str]:
    if sentences:
        yield from (head, "", *(f"- {told(sentence)}" for sentence in sentences), "")


def _rules(model: Model) -> Iterator[str]:
    """What the user has set, what it did, and what it keeps from the list above."""
    if not model.rules and not model.aside:
        return
    yield from ("## Set aside by your rules" if model.aside else "## Your rules", "")
    for rule in model.rules:
        on = ", ".join(escape(saying.headline(found)) for name in rule.acted if (found := model.named(name)))
        acted = f" It acted on: {on}." if on else ""
        remark = f" *{escape(rule.remark)}*" if rule.remark else ""
        yield f"- **{escape(rule.label)}** {escape(rule.says)}.{acted}{remark}"
    yield ""
    for found in model.aside:
        why = "; ".join(found.rules)
        yield (
            f"- {escape(saying.headline(found))}: {escape(found.severity)}, {escape(found.state)}, "
            f"{escape(saying.lasting(found, model.as_of))}. {escape(why)}"
        )
    yield from ("",) if model.aside else ()


def _counts(found: Incident, model: Model) -> str:
    clock = saying.clock(found, model.as_of)
    return " · ".join(
        [
            f"{words.count(found.failures)} of {words.count(found.attempts)} attempts failed "
            f"({words.share(found.failure_rate)}; outside it {words.share(found.baseline_rate)})",
            f"{words.count(found.messages)} messages", f"{words.count(found.recipients)} recipients",
            f"{words.count(found.delivered_late)} delivered late", f"{words.count(found.lost)} lost",
            f"{words.count(found.at_risk)} at risk" + (f", {clock}" if clock else ""),
        ]
    )  # fmt: skip


def _changed(model: Model) -> Iterator[str]:
    yield from ("## What changed", "")
    if model.new_codes or model.gone_codes:
        yield f"New codes: {_codes(model.new_codes)} · gone codes: {_codes(model.gone_codes)}"
        yield ""
    for change in model.changes:
        note = f" ({escape(change.note)})" if change.note else ""
        yield f"- {words.weekday_time(change.time)}: {escape(change.kind)}, {escape(change.subject)}{note}"
    yield from ("",) if model.changes else ("No changes are on record.", "")
    for figure in model.compared:
        yield from _figure(figure)


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(code(each) for each in codes) or "none"


def _figures(
    title: str, figures: Sequence[Figure], meanings: Sequence[CodeMeaning] = (), owning: str = ""
) -> Iterator[str]:
    yield from (f"## {title}", "")
    for figure in figures:
        yield from _figure(figure)
        if figure.key == owners.KEY and owning:
            yield from (told(owning), "")
        if figure.key == "failures-by-code" and meanings:
            yield from (_meaning(each) for each in meanings[:ROWS])
            yield ""


def _meaning(said: CodeMeaning) -> str:
    return f"- {code(said.status_code)} {escape(said.title)}: {escape(said.meaning)}"


def _figure(figure: Figure) -> Iterator[str]:
    yield from (f"### {escape(figure.title)}", "")
    if not figure.rows:
        yield from ("None.", "")
        return
    yield "| " + " | ".join(escape(column.label) for column in figure.columns) + " |"
    yield "|" + "|".join("--:" if column.numeric else "---" for column in figure.columns) + "|"
    for row in figure.rows[:ROWS]:
        yield "| " + " | ".join(map(_cell, row, figure.columns)) + " |"
    yield ""
    more = figure.total - min(len(figure.rows), ROWS)
    yield from (f"{words.count(more)} more. " * bool(more) + code(figure.sql), "")


def _cell(value: Cell, column: Column) -> str:
    text = words.cell(value, column.kind)
    if column.kind in _NAMES and isinstance(value, str) and value:
        return code(text, in_table=True)
    return escape(text)


def _data(model: Model) -> Iterator[str]:
    yield from ("## Data", "")
    if model.understood:
        yield from (escape(model.understood), "")
    for figure in model.data:
        yield from _figure(figure)
    if model.warnings:
        yield from ("### Warnings", "", *(f"- {escape(warning)}" for warning in model.warnings), "")
    if model.limits:
        yield from ("### What the sources cannot tell", "")
        yield from (f"- {code(limit.source)}: {escape(limit.sentence)}" for limit in model.limits)
