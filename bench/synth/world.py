"""Who is who: the tenant, its connectors, the domains it writes to and the people in them."""

from __future__ import annotations

from typing import Final, NamedTuple

SEED: Final = 20260907
TENANT_ID: Final = "6f1d7c52-3c1e-4a0b-9d53-0c6a5b7e1f20"
ORGANIZATION: Final = "contoso.onmicrosoft.com"
DEFAULT_CONNECTOR: Final = "To_DefaultOpportunisticTLS"
"""What Exchange Online calls its own route to the internet."""
ON_PREMISES: Final = "To on-premises"
FABRIKAM: Final = "Fabrikam partner TLS"
BRANCH: Final = "Branch office"


class Route(NamedTuple):
    """One way out: a recipient domain, the connector that takes it and the server behind it."""

    key: str
    domain: str
    host: str
    ip: str
    connector: str
    per_hour: float
    """Messages in a full working hour."""


ROUTES: Final = (
    Route("onprem", "contoso.com", "mail.contoso.com", "203.0.113.25", ON_PREMISES, 5.0),
    Route("fabrikam", "fabrikam.com", "mail.fabrikam.com", "198.51.100.25", FABRIKAM, 5.0),
    Route("branch", "branch.contoso.com", "smtp.branch.contoso.com", "203.0.113.61", BRANCH, 4.2),
    Route("tailspin", "tailspintoys.com", "mx1.tailspintoys.com", "198.51.100.77", DEFAULT_CONNECTOR, 2.2),
    Route("northwind", "northwindtraders.com", "mx1.northwindtraders.com", "198.51.100.90", DEFAULT_CONNECTOR, 0.9),
    Route("adatum", "adatum.com", "mail.adatum.com", "198.51.100.113", DEFAULT_CONNECTOR, 0.7),
    Route("wingtip", "wingtiptoys.com", "mx.wingtiptoys.com", "198.51.100.140", DEFAULT_CONNECTOR, 0.6),
    Route("litware", "litwareinc.com", "mx01.litwareinc.com", "203.0.113.170", DEFAULT_CONNECTOR, 0.5),
    Route("example_net", "example.net", "mx.example.net", "192.0.2.44", DEFAULT_CONNECTOR, 0.4),
    Route("example_org", "example.org", "mx.example.org", "192.0.2.81", DEFAULT_CONNECTOR, 0.3),
)
INBOUND: Final = Route("inbound", "contoso.com", "", "", "", 3.4)
"""Mail from outside to the tenant's own mailboxes: no connector, no remote server."""

SENDING_HOSTS: Final = {
    "fabrikam.com": "198.51.100.26",
    "tailspintoys.com": "198.51.100.78",
    "northwindtraders.com": "198.51.100.91",
    "adatum.com": "198.51.100.114",
    "wingtiptoys.com": "198.51.100.141",
    "litwareinc.com": "203.0.113.171",
    "example.net": "192.0.2.45",
    "example.org": "192.0.2.82",
}

_FIRST: Final = (
    "anna", "ben", "carla", "david", "elin", "frank", "greta", "henrik", "ines", "jonas", "karin", "lars", "mara",
    "nils", "olga", "paul", "rosa", "stefan",
)  # fmt: skip
_LAST: Final = (
    "berg", "costa", "dahl", "evers", "fischer", "grant", "holm", "ivers", "jensen", "kowalski", "lindt", "moreau",
)  # fmt: skip
PEOPLE: Final = tuple(f"{first}.{last}" for number, first in enumerate(_FIRST) for last in _LAST[number % 3 :: 4])
"""54 local parts, the same in every domain."""
LEFT_BEHIND: Final = (
    "erp.orders", "erp.invoices", "plant.scheduling", "warehouse.north", "warehouse.south", "label.printing",
    "fax.gateway", "archive.import", "quality.lab", "maintenance", "shift.planning", "timeclock", "badge.office",
    "gate.reception", "tooling", "spare.parts", "customs.desk", "weighbridge",
)  # fmt: skip
"""Addresses at contoso.com that live on the on-premises server until the end."""
FULL_MAILBOX: Final = "karin.ivers@wingtiptoys.com"
FULL_OWN_MAILBOX: Final = "frank.holm@contoso.com"
GROUP: Final = "all.sales@contoso.com"

SUBJECTS: Final = (
    "Order {n}", "Invoice {n}", "Re: order {n}", "Delivery note {n}, updated", "Minutes of {n}", "Offer {n}",
    'Re: "spare parts" {n}', "Shift plan, week {w}", "Grüße aus Köln", "Reminder: invoice {n}", "Price; week {w}",
    "Test report {n}", "Your question of yesterday", "Contract {n} (signed)", "RE: RE: Meeting, room {w}",
    "Pickup {n}", "Drawing {n} rev B", "Complaint {n}", "Holiday list", "Température four {w}",
)  # fmt: skip
SPAM_SUBJECTS: Final = ("You have won {n}!", "<b>Last notice</b> {n}", "<script>alert({n})</script>", "=1+{n}")
FRONTENDS: Final = (
    "AM7EUR03FT041.eop-EUR03.prod.protection.outlook.com",
    "DB8EUR05FT012.eop-eur05.prod.protection.outlook.com",
    "VI1EUR04FT033.eop-eur04.prod.protection.outlook.com",
)
MAILBOX_SERVERS: Final = (
    "AM0PR04MB6642.eurprd04.prod.outlook.com",
    "DB7PR05MB4213.eurprd05.prod.outlook.com",
    "VI1PR03MB2977.eurprd03.prod.outlook.com",
)
