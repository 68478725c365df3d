"""SMTP receive protocol logs of EX01: what it answered to devices, partners and strangers."""

from __future__ import annotations

from typing import Final

from synth import clock
from synth.dice import Dice
from synth.protocol import Session, header, interlaced, openings
from synth.shape import LogFile, Row, Seen
from synth.world import LEFT_BEHIND, PEOPLE, SEED, SENDING_HOSTS

SOURCE: Final = "exchange_smtp_receive"
CONNECTOR: Final = "Default Frontend EX01"
DAYS: Final = (("2026-09-08", "RECV2026090806-1.LOG"), ("2026-10-21", "RECV2026102106-1.LOG"))
_SESSIONS: Final = 40
_STORIES: Final = ("fine",) * 22 + ("unknown", "relay", "auth", "full", "mixed", "mixed")
_UNKNOWN: Final = "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"
_HELLO: Final = "SIZE 37748736 PIPELINING DSN ENHANCEDSTATUSCODES STARTTLS 8BITMIME BINARYMIME CHUNKING"


def _told(session: Session, outcome: str, code: str, recipient: str) -> tuple[Seen, ...]:
    domain = recipient.partition("@")[2]
    return (Seen(SOURCE, session.at, outcome, "", recipient, code, CONNECTOR, domain),)


def _open(dice: Dice, at: int, client: str, ip: str) -> Session:
    local = "203.0.113.25:25"
    session = Session(dice, f"EX01\\{CONNECTOR}", local, f"{ip}:{dice.between(20_000, 65_000)}", at)
    say = session.say
    say("+")
    say("*", "SMTPSubmit SMTPAcceptAnySender SMTPAcceptAuthoritativeDomainSender AcceptRoutingHeaders",
        "Set Session Permissions")  # fmt: skip
    ready = clock.moment(at).strftime("%a, %d %b %Y %H:%M:%S +0000")
    say(">", f"220 mail.contoso.com Microsoft ESMTP MAIL Service ready at {ready}")
    say("<", f"EHLO {client}")
    say(">", f"250  mail.contoso.com Hello [{ip}] {_HELLO}")
    return session


def _envelope(session: Session, dice: Dice, sender: str) -> None:
    session.say("<", f"MAIL FROM:<{sender}> SIZE={dice.between(2_000, 60_000)}")
    session.say("*", f"{session.id};{clock.iso_z(session.at)};1", "receiving message")
    session.say(">", "250 2.1.0 Sender OK")


def _recipient(session: Session, recipient: str, reply: str, code: str) -> None:
    session.say("<", f"RCPT TO:<{recipient}>")
    if code:
        session.say("*", "Tarpit for '0.00:00:05'")
        session.wait(5_000)
    session.say(">", reply, "", _told(session, "rejected", code, recipient) if code else ())


def _pipelined(session: Session, dice: Dice, sender: str, own: str) -> list[str]:
    """One known and one unknown recipient, all commands sent before the first reply; gives those accepted."""
    other = f"{dice.pick(LEFT_BEHIND)}@contoso.com"
    accepted = [own] if other == own else [own, other]
    gone = f"former.{dice.pick(PEOPLE)}@contoso.com"
    session.say("<", f"MAIL FROM:<{sender}> SIZE={dice.between(2_000, 60_000)}")
    for recipient in (*accepted, gone):
        session.say("<", f"RCPT TO:<{recipient}>")
    session.say("*", f"{session.id};{clock.iso_z(session.at)};1", "receiving message")
    session.say(">", "250 2.1.0 Sender OK")
    for _ in accepted:
        session.say(">", "250 2.1.5 Recipient OK")
    session.say(">", _UNKNOWN, "", _told(session, "rejected", "5.1.10", gone))
    return accepted


def _body(session: Session, dice: Dice, recipients: list[str], story: str, message: str = "") -> None:
    size = dice.between(2_000, 60_000)
    session.say("<", f"BDAT {size} LAST")
    session.wait(120)
    if story == "full":
        told = tuple(each for recipient in recipients for each in _told(session, "deferred", "4.3.1", recipient))
        session.say(">", "452 4.3.1 Insufficient system resources", "", told)
        return
    message = message or f"<{dice.hex(16)}@EX01.contoso.com>"
    internal = dice.between(10_000_000_000, 99_999_999_999)
    text = (
        f"250 2.6.0 {message} [InternalId={internal}, Hostname=EX01.contoso.com] {size} bytes in 0.102, "
        f"{size // 100},{size % 1000:03d} KB/sec Queued mail for delivery"
    )
    told = tuple(each for recipient in recipients for each in _told(session, "received", "", recipient))
    session.say(">", text, "", told)


def _intruder(session: Session, dice: Dice) -> None:
    say = session.say
    say("<", "AUTH LOGIN")
    say(">", "334 <authentication response>")
    say(">", "334 <authentication response>")
    say("*", "", "Inbound AUTH LOGIN failed because of LogonDenied")
    say("*", "", f"User Name: {dice.pick(('scanner', 'admin', 'info', 'backup'))}")
    say("*", "Tarpit for '0.00:00:05'")
    session.wait(5_000)
    say(">", "535 5.7.3 Authentication unsuccessful", "", _told(session, "rejected", "5.7.3", ""))
    say("-", "", "Remote")


def _session(dice: Dice, at: int) -> Session:
    story, domain = dice.pick(_STORIES), dice.pick(tuple(SENDING_HOSTS))
    if story == "auth":
        session = _open(dice, at, "workstation", f"203.0.113.{dice.between(200, 230)}")
        _intruder(session, dice)
        return session
    session = _open(dice, at, f"out.{domain}", SENDING_HOSTS[domain])
    sender, own = f"{dice.pick(PEOPLE)}@{domain}", f"{dice.pick(LEFT_BEHIND)}@contoso.com"
    if story == "mixed":
        _body(session, dice, _pipelined(session, dice, sender, own), story)
    else:
        _envelope(session, dice, sender)
    if story == "unknown":
        _recipient(session, f"former.{dice.pick(PEOPLE)}@contoso.com", _UNKNOWN, "5.1.10")
    elif story == "relay":
        reply = "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"
        _recipient(session, f"{dice.pick(PEOPLE)}@example.net", reply, "5.7.54")
    elif story != "mixed":
        _recipient(session, own, "250 2.1.5 Recipient OK", "")
        _body(session, dice, [own], story)
    _quit(session)
    return session


def _quit(session: Session) -> None:
    session.say("<", "QUIT")
    session.say(">", "221 2.0.0 Service closing transmission channel")
    session.say("-", "", "Local")


def delivery(dice: Dice, at: int, client: tuple[str, str], sender: str, recipients: list[str], message: str) -> Session:
    """A session of `client` (name, address) that hands over one message, its id in angle brackets."""
    session = _open(dice, at, *client)
    _envelope(session, dice, sender)
    for recipient in recipients:
        _recipient(session, recipient, "250 2.1.5 Recipient OK", "")
    _body(session, dice, recipients, "fine", message)
    _quit(session)
    return session


def tls_failure(dice: Dice, at: int, client: tuple[str, str]) -> Session:
    """A session of `client` (name, address) in which no certificate can be used, so that the client goes away."""
    session = _open(dice, at, *client)
    session.say("<", "STARTTLS")
    session.say(">", "220 2.0.0 SMTP server ready")
    session.say("*", "", "TLS negotiation failed with error NoCredentials")
    session.say("-", "", "Remote")
    return session


def files() -> list[LogFile]:
    """The receive logs of two days; the second was copied while the server was writing to it."""
    found = []
    for day, name in DAYS:
        dice, start = Dice(SEED, f"{SOURCE} {day}"), clock.ms(f"{day}T00:00")
        sessions = [_session(dice, at) for at in openings(dice, start, _SESSIONS)]
        rows = interlaced(sessions)
        cut = day == "2026-10-21"
        if cut:
            rows.append(Row("2026-10-21T17:59:59.4", "reject"))
        found.append(LogFile(f"{SOURCE}/{name}", SOURCE, tuple(rows), header("Receive", sessions[0].at), cut=cut))
    return found
