"""SMTP send protocol logs of EX01, the on-premises server that was switched off later: what remote servers answered."""

from __future__ import annotations

from typing import Final

from synth import clock
from synth.dice import Dice
from synth.protocol import Session, header, interlaced, openings
from synth.shape import LogFile, Seen
from synth.world import PEOPLE, ROUTES, SEED, Route

SOURCE: Final = "exchange_smtp_send"
CONNECTOR: Final = "Internet via MX"
DAYS: Final = (
    ("2026-09-08", "SEND2026090806-1.LOG"), ("2026-09-30", "SEND2026093006-1.LOG.gz"),
    ("2026-10-20", "SEND2026102006-1.LOG"),
)  # fmt: skip
_SESSIONS: Final = 36
_PIPELINING: Final = ("northwind", "example_net", "wingtip")
_REPLIES: Final = {
    "unknown": (550, "5.1.1", "User unknown in local recipient table"),
    "greylisted": (451, "4.7.1", "Greylisted, please try again in 300 seconds"),
    "full": (452, "4.2.2", "Mailbox full"),
    "spam": (554, "5.7.1", "Message refused by content filter"),
    "busy": (451, "4.3.0", "Temporary queue problem, try again later"),
}
_TROUBLES: Final = ("unknown", "greylisted", "full", "spam", "busy", "sender", "tls", "timeout", "refused")
_STORIES: Final = ("fine",) * 28 + ("two",) * 8 + _TROUBLES
_WINSOCK: Final = {
    "timeout": (
        10060,
        "A connection attempt failed because the connected party did not properly respond after a period of time, or "
        "established connection failed because connected host has failed to respond",
    ),
    "refused": (10061, "No connection could be made because the target machine actively refused it"),
}


class _Sender:
    """Writes one session to one remote server."""

    def __init__(self, dice: Dice, route: Route, at: int) -> None:
        self.dice, self.route = dice, route
        port = dice.between(10_000, 60_000)
        self.session = Session(dice, CONNECTOR, f"203.0.113.25:{port}", f"{route.ip}:25", at)

    def told(self, outcome: str, code: str, recipient: str) -> tuple[Seen, ...]:
        where = self.route.host if outcome != "connect" else self.route.domain
        outcome = "deferred" if outcome == "connect" else outcome
        return (Seen(SOURCE, self.session.at, outcome, "", recipient, code, CONNECTOR, where),)

    def connect(self) -> None:
        say = self.session.say
        say("*", "SendRoutingHeaders", "Set Session Permissions", local=False)
        say("*", "", "attempting to connect", local=False)

    def fail_to_connect(self, story: str) -> None:
        number, words = _WINSOCK[story]
        self.session.wait(1_000 if story == "refused" else 21_000)
        text = (
            f"Failed to connect. Winsock error code: {number}, Win32 error code: {number}, "
            f"Destination domain: {self.route.domain}, Error Message: {words} {self.route.ip}:25."
        )
        self.session.say("*", "", text, self.told("connect", "", ""), local=False)

    def greet(self) -> None:
        say, host = self.session.say, self.route.host
        abilities = "SIZE 37748736 " + ("PIPELINING " if self.route.key in _PIPELINING else "")
        say("+")
        say("<", f"220 {host} ESMTP ready")
        say(">", "EHLO mail.contoso.com")
        say("<", f"250  {host} Hello [203.0.113.25] {abilities}STARTTLS 8BITMIME CHUNKING")
        say(">", "STARTTLS")
        say("<", "220 2.0.0 Ready to start TLS")

    def secure(self) -> None:
        say, host = self.session.say, self.route.host
        say("*", "", "Sending certificate")
        say("*", "CN=mail.contoso.com", "Certificate subject")
        say(
            "*", "",
            "TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded using bulk encryption algorithm CALG_AES_256 "
            "with strength 256 bits, MAC hash algorithm CALG_SHA_384 with strength 0 bits and key exchange algorithm "
            "CALG_ECDHE with strength 256 bits",
        )  # fmt: skip
        say(">", "EHLO mail.contoso.com")
        abilities = "SIZE 37748736 " + ("PIPELINING " if self.route.key in _PIPELINING else "")
        say("<", f"250  {host} Hello [203.0.113.25] {abilities}8BITMIME CHUNKING")

    def answer(self, story: str, recipient: str) -> bool:
        """The reply to one RCPT TO; was it accepted?"""
        if story in ("unknown", "greylisted", "full"):
            reply, code, words = _REPLIES[story]
            outcome = "failed" if reply >= 500 else "deferred"
            self.session.say("<", f"{reply} {code} <{recipient}>: {words}", "", self.told(outcome, code, recipient))
            return False
        self.session.say("<", "250 2.1.5 Ok")
        return True

    def message(self, story: str) -> None:
        say, dice = self.session.say, self.dice
        number = dice.between(100_000_000_000, 999_999_999_999)
        name = f"<{dice.hex(16)}@EX01.contoso.com>"
        say("*", "", f"sending message with RecordId {number} and InternetMessageId {name}")
        people = [dice.pick(PEOPLE), *(["quality.lab"] if story == "two" else [])]
        recipients = [f"{person}@{self.route.domain}" for person in people]
        say(">", f"MAIL FROM:<{dice.pick(PEOPLE)}@contoso.com> SIZE={dice.between(3_000, 90_000)}")
        if story == "sender":
            told = self.told("failed", "5.7.1", "")
            say("<", "550 5.7.1 Sender address rejected by local policy", "", told)
            return
        if self.route.key in _PIPELINING:
            for recipient in recipients:
                say(">", f"RCPT TO:<{recipient}>")
            say("<", "250 2.1.0 Ok")
        else:
            say("<", "250 2.1.0 Ok")
        accepted = []
        for place, recipient in enumerate(recipients):
            if self.route.key not in _PIPELINING:
                say(">", f"RCPT TO:<{recipient}>")
            mine = "unknown" if story == "two" and place == 1 and dice.chance(0.3) else story
            accepted += [recipient] if self.answer(mine, recipient) else []
        if accepted:
            self.body(story, accepted)

    def body(self, story: str, recipients: list[str]) -> None:
        say, session = self.session.say, self.session
        if self.dice.chance(0.5):
            say(">", f"BDAT {self.dice.between(3_000, 90_000)} LAST")
        else:
            say(">", "DATA")
            say("<", "354 End data with <CR><LF>.<CR><LF>")
        session.wait(180)
        reply, code, words = _REPLIES.get(story, (250, "2.0.0", f"Ok: queued as {self.dice.hex(10)}"))
        outcome = "delivered" if reply < 400 else "deferred" if reply < 500 else "failed"
        told = tuple(each for recipient in recipients for each in self.told(outcome, code, recipient))
        say("<", f"{reply} {code} {words}", "", told)

    def again(self) -> None:
        """A second message on the same connection."""
        self.session.say(">", "RSET")
        self.session.say("<", "250 2.0.0 Ok")
        self.message("fine")

    def part(self) -> None:
        self.session.say(">", "QUIT")
        self.session.say("<", "221 2.0.0 Bye")
        self.session.say("-", "", "Local")


def _session(dice: Dice, at: int) -> Session:
    route, story = dice.pick(ROUTES[3:]), dice.pick(_STORIES)
    sender = _Sender(dice, route, at)
    sender.connect()
    if story in _WINSOCK:
        sender.fail_to_connect(story)
        return sender.session
    sender.greet()
    if story == "tls":
        told = sender.told("deferred", "", "")
        sender.session.say("*", "", "TLS negotiation failed with error SocketError", told)
        sender.session.say("-", "", "Remote")
        return sender.session
    sender.secure()
    sender.message(story)
    if dice.chance(0.2):
        sender.again()
    sender.part()
    return sender.session


def files() -> list[LogFile]:
    """The send logs of three days."""
    found = []
    for day, name in DAYS:
        dice, start = Dice(SEED, f"{SOURCE} {day}"), clock.ms(f"{day}T00:00")
        sessions = [_session(dice, at) for at in openings(dice, start, _SESSIONS)]
        rows = tuple(interlaced(sessions))
        found.append(LogFile(f"{SOURCE}/{name}", SOURCE, rows, header("Send", sessions[0].at)))
    return found
