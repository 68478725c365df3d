"""An HTML page taken apart with the standard library, as a test looks at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "link", "img"}


@dataclass
class Table:
    """One table: header cells with their attributes, and the text of every row."""

    headers: list[dict[str, str]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


class Page(HTMLParser):
    """Headings, tables, attributes, scripts and texts of a page; `open_tags` is empty when all were closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.headings: list[tuple[str, str]] = []
        self.tables: list[Table] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.text: list[str] = []
        self.open_tags: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag not in VOID:
            self.open_tags.append(tag)
        if tag == "script":
            self.scripts.append((given, ""))
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append((tag, ""))
        if tag == "table":
            self.tables.append(Table())
        if tag == "tr" and "tbody" in self.open_tags and "main" in self.open_tags:
            self.tables[-1].rows.append([])
        if tag == "th":
            self.tables[-1].headers.append(given)
            self.tables[-1].labels.append("")
        if tag == "td":
            self.tables[-1].rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        where = self.open_tags[-1] if self.open_tags else ""
        if where == "script":
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)
            return
        if where == "style":
            return
        self.text.append(data)
        if where in {"h1", "h2", "h3", "h4"}:
            self.headings[-1] = (where, self.headings[-1][1] + data)
        elif where == "th":
            self.tables[-1].labels[-1] += data
        elif where == "td":
            self.tables[-1].rows[-1][-1] += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every element of that name."""
        return [given for name, given in self.tags if name == tag]

    @property
    def words(self) -> str:
        """All text a reader sees, spaces made single."""
        return " ".join("".join(self.text).split())
