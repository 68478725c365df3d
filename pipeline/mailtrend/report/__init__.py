"""From a lake to words and charts: model, build, outputs."""

from __future__ import annotations

from typing import Final

from mailtrend.errors import UsageError
from mailtrend.report.build import build
from mailtrend.report.model import Model

FORMATS: Final = ("html", "md", "json")

__all__ = ["FORMATS", "Model", "build", "render", "summary_text"]


def render(model: Model, to: str) -> str:
    """The report as text: `html` (one file that needs no network), `md` or `json`. Raises UsageError for any other."""
    if to == "html":
        from mailtrend.report.outputs import html

        return html.render(model)
    if to == "md":
        from mailtrend.report.outputs import markdown

        return markdown.render(model)
    if to == "json":
        from mailtrend.report.outputs import json

        return json.render(model)
    raise UsageError(f"unknown report format '{to}'", where="--to", mend=f"one of {', '.join(FORMATS)}")


def summary_text(model: Model, encoding: str | None = None, width: int | None = None) -> str:
    """Verdict and incidents in plain text.

    `width` is in columns, by default the terminal's own; ASCII only unless `encoding` is a Unicode one (or None).
    """
    import shutil

    from mailtrend.report.outputs import terminal

    return terminal.render(model, encoding=encoding, width=width or shutil.get_terminal_size((100, 24)).columns)
