"""Logs of the Windows SMTP service as a test writes them: `C MAIL FROM:<a@b>` we say, `R 250+OK` is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailtrend.formats.base import Options
from mailtrend.formats.iis_smtp import FORMAT
from mailtrend.ingest.trial import Trial, parse

FIELDS = (
    "date time c-ip cs-username s-sitename s-computername s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status "
    "sc-win32-status sc-bytes cs-bytes time-taken cs-version cs-host cs(User-Agent) cs(Cookie) cs(Referer)"
)
REMOTE = "203.0.113.25"


def spoken(line: str, *, at: str = "08:00:00", ip: str = REMOTE) -> str:
    """One row of a log: `C …`, `R …`, or a row that is written out already."""
    if not line.startswith(("C ", "R ")):
        return line
    who, _, rest = line.partition(" ")
    verb, _, args = rest.partition(" ") if who == "C" else ("-", "", rest)
    side = "OutboundConnectionCommand" if who == "C" else "OutboundConnectionResponse"
    return f"2026-10-12 {at} {ip} {side} SMTPSVC1 APP01 - 25 {verb} - {args or '-'} 0 0 4 0 31 SMTP - - - -"


def log(*lines: str, at: str | None = None, ip: str = REMOTE) -> str:
    """A file of these rows, a second apart unless `at` is given."""
    rows = [
        spoken(line, at=at or f"08:{second // 60:02d}:{second % 60:02d}", ip=ip) for second, line in enumerate(lines)
    ]
    head = ("#Software: Microsoft Internet Information Services 10.0", "#Version: 1.0", "#Date: 2026-10-12 08:00:00",
            f"#Fields: {FIELDS} ")  # fmt: skip
    return "\r\n".join((*head, *rows, ""))


def dialogue(
    recipients: Sequence[str], refused: Mapping[str, str] | None = None, *, sender: str = "erp@contoso.com",
    mail: str = "250+2.1.0+OK", end: str = "250+2.6.0+<a1@app01.contoso.com>+Queued+mail",
) -> list[str]:  # fmt: skip
    """A whole outbound connection; `refused` holds replies by the local part of a recipient."""
    lines = ["R 220+mail.fabrikam.com+ESMTP", "C EHLO app01.contoso.com", "R 250-mail.fabrikam.com+Hello"]
    lines += [f"C MAIL FROM:<{sender}>", f"R {mail}"]
    for recipient in recipients:
        reply = (refused or {}).get(recipient.partition("@")[0], "250+2.1.5+OK")
        lines += [f"C RCPT TO:<{recipient}>", f"R {reply}"]
    if recipients and len(refused or {}) < len(recipients):
        lines += ["C DATA", "R 354+Go+on", f"R {end}"]
    return [*lines, "C QUIT", "R 221+2.0.0+Bye"]


def client(verb: str, args: str, status: int, *, size: int = 30, at: str = "08:00:00", ip: str = "192.0.2.41") -> str:
    """One row of an inbound connection."""
    return f"2026-10-12 {at} {ip} erp01 SMTPSVC1 APP01 192.0.2.30 0 {verb} - {args} {status} 0 60 {size} 0 SMTP - - - -"


def accepted() -> str:
    """A greeting by a client."""
    return client("EHLO", "+erp01", 250)


def to_us() -> list[str]:
    """A client greets, and names sender and recipient."""
    return [accepted(), client("MAIL", "+FROM:+<erp@contoso.com>", 250), client("RCPT", "+TO:<bo@contoso.com>", 250)]


def body(status: int) -> str:
    """What became of the body."""
    return client("DATA", "+<m1@contoso.com>", status, size=1399)


def short(events: Sequence[Mapping]) -> list[tuple]:
    """Recipient, event and outcome of each."""
    return [(event["recipient"], event["event"], event["outcome"]) for event in events]


def read(text: str, *, options: Options | None = None) -> Trial:
    """What the format makes of this file."""
    return parse(FORMAT, text.encode("utf-8"), options=options)


def events(text: str, *, options: Options | None = None) -> list[dict]:
    """The events of this file."""
    return read(text, options=options).events.to_pylist()
