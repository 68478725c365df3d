"""What can go wrong with a delivery, and the words Exchange Online finds for it."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from synth import clock
from synth.dice import Dice
from synth.world import FRONTENDS, Route

Shape = Literal["connect", "dns", "remote", "store"]
LED_LIMIT: Final = 300
"""Detail rows cut the bracketed part about here and hang the proxy suffix on."""


class Fault(NamedTuple):
    """One kind of failure: code, words, and where in the text the server's name stands."""

    shape: Shape
    reply: int
    code: str
    words: str
    inner: str = ""
    twin: str = ""
    """The whole reply once the message has waited 24 hours."""

    @property
    def permanent(self) -> bool:
        """Does Exchange Online give up at once?"""
        return self.reply >= 500


REFUSED: Final = Fault(
    "connect", 450, "4.4.316", "Connection refused", "Socket error code 10061",
    "550 5.4.316 Message expired, connection refused(Socket error code 10061)",
)  # fmt: skip
CERTIFICATE: Final = Fault(
    "connect", 450, "4.7.320", "Certificate validation failed", "CertificateExpired",
    "550 5.7.320 Message expired, certificate validation failed(CertificateExpired)",
)  # fmt: skip
DNS: Final = Fault(
    "dns", 450, "4.4.312", "DNS query failed", "ErrorRetry",
    "550 5.4.312 Message expired, DNS query failed(ErrorRetry)",
)  # fmt: skip
TIMED_OUT: Final = Fault("connect", 450, "4.4.315", "Connection timed out", "Socket error code 10060")
CLOSED: Final = Fault("connect", 450, "4.4.318", "Connection was closed abruptly", "Socket error code 10054")
GREYLISTED: Final = Fault(
    "remote", 451, "4.7.1", "{to}: Recipient address rejected: Greylisted, try again in 300 seconds"
)
RATE_LIMITED: Final = Fault(
    "remote", 421, "4.7.0", "Too many messages from your network, rate limit exceeded, try later"
)
FULL_REMOTE: Final = Fault(
    "remote", 452, "4.2.2", "{to}: user is over quota, please try again later", "",
    "550 4.4.7 QUEUE.Expired; message expired",
)  # fmt: skip
UNKNOWN_USER: Final = Fault(
    "remote", 550, "5.1.1", "{to}: Recipient address rejected: User unknown in virtual mailbox table"
)
NOT_FOUND: Final = Fault(
    "remote", 550, "5.1.10", "RESOLVER.ADR.RecipientNotFound; Recipient {to} not found by SMTP address lookup"
)
SPAM_REJECT: Final = Fault("remote", 550, "5.7.1", "Message rejected as spam by Content Filtering")
FULL_OWN: Final = Fault(
    "store", 554, "5.2.2",
    "mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; "
    "Failed to process message due to a permanent exception with message [BeginDiagnosticData]Cannot open mailbox",
)  # fmt: skip
RULE_REJECT: Final = Fault(
    "store", 550, "5.7.1", "TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy"
)


def destination(fault: Fault, route: Route) -> str:
    """Who was being delivered to, under the contract: remote host where the text names one, else the domain."""
    return route.domain if fault.shape in ("dns", "store") else route.host


def connector(fault: Fault, route: Route) -> str:
    """The connector a failing row names: none where no server had been found yet."""
    return "" if fault.shape in ("dns", "store") else route.connector


def reply_text(fault: Fault, route: Route, recipient: str, at: int, dice: Dice) -> str:
    """What stands in {LED=…}, whole."""
    start = f"{fault.reply} {fault.code} {fault.words.format(to=f'<{recipient}>')}"
    if fault.shape in ("remote", "store"):
        return start
    if fault.shape == "dns":
        seen = f" [LastAttemptedServerName={route.domain}] [LastAttemptedIP=]"
    else:
        seen = f" [LastAttemptedServerName={route.host}] [LastAttemptedIP={route.ip}:25]"
    if dice.chance(0.35):  # older frontends name themselves and nothing more
        return f"{start} [Message={fault.inner}]{seen} [{dice.pick(FRONTENDS)[:13]}]"
    tail = f" [{dice.pick(FRONTENDS)} {clock.iso_z(at)} 08DE{dice.hex(12)}]"
    return f"{start} [Message={fault.inner}]{seen} [SmtpSecurity=-2;-2]{tail}"


def led(text: str, fault: Fault, route: Route, at: int) -> str:
    """The bracketed blob: [{LED=…};{MSG=};{FQDN=…};{IP=…};{LRT=…}]."""
    host, ip = {"store": ("", ""), "dns": (route.domain, "")}.get(fault.shape, (route.host, route.ip))
    return f"[{{LED={text}}};{{MSG=}};{{FQDN={host}}};{{IP={ip}}};{{LRT={clock.en_us(at)}}}]"


def reason(blob: str, fault: Fault, route: Route) -> str:
    """The Detail text of a Defer or Fail row: cut where it is long, with the proxy suffix where a server was tried."""
    if fault.shape in ("store", "dns"):
        return f"Reason: {blob}"
    return f"Reason: {blob[:LED_LIMIT]}. OutboundProxyTargetIP: {route.ip}. OutboundProxyTargetHostName: {route.host}"
