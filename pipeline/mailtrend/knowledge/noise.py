"""What a pasted report holds besides its error: headers of the report and of the message, and the table of its hops."""

from __future__ import annotations

import re
from typing import Final

FIELDS: Final = re.compile(
    r"(?:received(?:-spf)?|return-path|delivered-to|authentication-results(?:-original)?|dkim-signature|arc-[a-z-]+|"
    r"domainkey-signature|x-[a-z0-9-]+|message[- ]id|references|in-reply-to|mime-version|content-[a-z-]+|thread-[a-z]+|"
    r"list-[a-z-]+|date|sent|gesendet|envoyé|enviado(?: el)?|inviato|verzonden|accept-language|auto-submitted|"
    r"importance|subject|betreff|objet|asunto|oggetto|onderwerp|from|von|de|da|van|to|an|à|para|aan|cc|bcc|precedence|"
    r"user-agent|original-envelope-id|arrival-date|last-attempt-date|will-retry-until|(?:created|creation) date|"
    r"sender address|received-from-mta|priority|size|nachrichten-id|network message id) ?:",
    re.IGNORECASE,
)
"""Names of fields that never hold the error, at the beginning of a line."""
TAIL: Final = re.compile(
    r"^[ \t>*_-]*(?:original message headers|message hops|(?:start of )?original message[ \t_*-]*$|original headers|"
    r"below this line is a copy of the message|this is a copy of the (?:body of the )?message|message header follows|"
    r"the header of the original message is following|message headers follow|undelivered message headers?|"
    r"unsent message(?: below)?|headers? of the original message|content-type: *(?:message/rfc822|text/rfc822-headers)|"
    r"ursprüngliche nachrichten(?:kopfzeilen|header)|nachrichtenhops|en-têtes du? message d.origine|"
    r"en-têtes de messages? d.origine|encabezados de(?:l)? mensajes? original(?:es)?|"
    r"intestazioni (?:originali del messaggio|del messaggio originale|messaggio originale)|"
    r"oorspronkelijke berichtkop(?:pen|teksten))",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the copy of the message, or of its headers, begins."""


def without_tail(text: str) -> str:
    """A report without the copy of the message, or of its headers, that most end with."""
    found = TAIL.search(text)
    return text[: found.start()] if found and text[: found.start()].strip() else text


def without_headers(text: str) -> str:
    """The lines in which an error may stand, each without blanks around it; no header fields of any message."""
    kept: list[str] = []
    dropping = False
    for line in text.splitlines():
        if FIELDS.match(line):
            dropping = True
        elif not line.startswith(" "):
            dropping = False
        if not dropping:
            kept.append(" ".join(line.split()))
    return "\n".join(kept).strip("\n")
