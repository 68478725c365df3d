"""The report as one HTML file: nothing is fetched, nothing from the logs can become markup or script.

The content security policy names the page's own two scripts by their hashes and forbids everything else, the network
and `eval` too: Vega runs with its expression interpreter.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from mailtrend.report import saying, words
from mailtrend.report.charts import charts
from mailtrend.report.drawing import TOKENS, Chart
from mailtrend.report.model import Cell, Column, Model
from mailtrend.report.spark import spark

PAGE: Final = "report.html.j2"
_PACKAGE: Final = "mailtrend.report.outputs"
_IN_SCRIPT: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
"""What JSON must not hold as itself when it stands inside a script element."""


def render(model: Model) -> str:
    """The whole page. Text from logs is escaped by the template engine, and unseen characters are spelled out."""
    drawn = charts(model)
    bundle = _bundle() if drawn else ""
    return (
        _environment()
        .get_template(PAGE)
        .render(
            model=model,
            charts=drawn,
            specs=Markup(embedded({key: _live(chart) for key, chart in drawn.items()})),  # noqa: S704  # escaped for script elements
            sparks={found.incident_id: Markup(spark(found, model.changes)) for found in model.incidents},  # noqa: S704  # escaped in spark.py
            svgs={key: Markup(chart.svg) for key, chart in drawn.items()},  # noqa: S704  # made and escaped by Vega
            style=Markup(_text("report.css")),  # noqa: S704  # our own file
            script=Markup(_text("report.js")),  # noqa: S704  # our own file
            bundle=Markup(bundle),  # noqa: S704  # vl_convert's own bundle
            policy=_policy([_text("report.js"), bundle]),
        )
    )


def embedded(value: object) -> str:
    """JSON that may stand inside a script element."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for char, escaped in _IN_SCRIPT.items():
        text = text.replace(char, escaped)
    return text


def sort_value(value: Cell) -> str:
    """What a table is sorted by: figures and times as they are, words without case."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float | int):
        return repr(value)
    return words.cell(value, "text").lower()


def told(text: str) -> Markup:
    """A sentence in which what stands between backticks is a command; all of it is escaped."""
    parts = (
        f"<code>{escape(words.visible(part))}</code>" if at % 2 else str(escape(words.visible(part)))
        for at, part in enumerate(words.COMMAND.split(text))
    )
    return Markup("".join(parts))  # noqa: S704  # every part is escaped


def bar(value: Cell, column: Column) -> Markup:
    """A share as a pale bar behind its figure."""
    if column.kind != "share" or not isinstance(value, float | int):
        return Markup("")
    return Markup(f' style="--share:{min(max(float(value), 0), 1) * 100:.1f}%"')  # noqa: S704  # a number of our own


def _live(chart: Chart) -> dict[str, Any]:
    spec = {key: value for key, value in chart.spec.items() if key != "$schema"}
    return {"spec": spec, "tokens": TOKENS}


@cache
def _bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, from the installed package."""
    import vl_convert

    text: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _policy(scripts: list[str]) -> str:
    digests = [
        base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") for text in scripts if text
    ]
    named = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {named}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _text(name: str) -> str:
    return files(_PACKAGE).joinpath("templates").joinpath(name).read_text(encoding="utf-8").strip()


def _finalize(value: object) -> object:
    """Every plain string that a template prints, with unseen characters spelled out; None is nothing."""
    if value is None:
        return ""
    return words.visible(value) if type(value) is str else value


@cache
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals |= {"words": words, "saying": saying, "sort_value": sort_value, "bar": bar, "told": told}
    return env
