"""Whether mail for an incident's domains gets there by any other way, asked once for all incidents."""

from __future__ import annotations

from typing import Final

NAMELESS: Final = ("dns_no_such_domain", "dns_server_failure", "dns_no_records", "dnssec_invalid")
"""Causes in which no server is reached, so that the recipient's domain is all there is."""
# A message trace names no server either: where no delivery at the place is on record, the domains are asked as well.
UNRECORDED: Final = "SELECT number FROM case_tries GROUP BY number HAVING NOT bool_or(outcome = 'delivered')"
DOMAINS: Final = f"""
    CREATE OR REPLACE TEMP TABLE around_domains AS
    SELECT unnest($number) AS number, unnest($domain) AS domain
    UNION
    SELECT number, recipient_domain AS domain
    FROM case_tries
    WHERE during
        AND here
        AND recipient_domain IS NOT NULL
        AND (
            cause IN {NAMELESS}
            OR number IN ({UNRECORDED})
        )
"""
KNOWN: Final = """
    WITH counted AS (
        SELECT c.number, e.source,
            count(*) FILTER (WHERE e.event_time < c.first) AS before,
            count(*) FILTER (WHERE e.event_time >= c.first) AS since,
            max(e.event_time) FILTER (WHERE e.event_time < c.first) AS last_before
        FROM events AS e
        INNER JOIN around_domains AS d ON e.recipient_domain = d.domain
        INNER JOIN around_cases AS c
            ON d.number = c.number
            AND e.tenant = c.tenant
            AND e.event_time >= c.first - INTERVAL 30 DAY
            AND e.event_time < c.last
        WHERE e.event_time >= $since - INTERVAL 30 DAY AND e.event_time < $until AND e.outcome = 'delivered'
        GROUP BY c.number, e.source
    )
    SELECT number, max(before) AS domain_before, max(since) AS domain_since, max(last_before) AS domain_last
    FROM counted
    GROUP BY number
    ORDER BY number
"""
# As many hours before it as it lasts are looked at too: a route that always stood beside it has taken nothing over.
ELSEWHERE: Final = """
    WITH ours AS (
        SELECT c.*, d.domain
        FROM around_cases AS c
        INNER JOIN around_domains AS d ON c.number = d.number
        WHERE c.kind = 'silence'
    ),
    moved AS (
        SELECT o.number, e.source, e.connector, e.destination,
            count(*) FILTER (WHERE e.event_time >= o.first) AS deliveries,
            count(*) FILTER (WHERE e.event_time < o.first) AS before
        FROM events AS e
        INNER JOIN ours AS o
            ON e.tenant = o.tenant
            AND e.recipient_domain = o.domain
            AND e.event_time >= o.first - (o.last - o.first)
            AND e.event_time < o.last
            AND (e.connector IS DISTINCT FROM o.connector OR e.destination IS DISTINCT FROM o.destination)
        WHERE e.event_time >= $earlier AND e.event_time < $until AND e.outcome = 'delivered'
        GROUP BY ALL
    ),
    best AS (
        SELECT number, connector, destination, max(deliveries) AS deliveries, arg_max(before, deliveries) AS before
        FROM moved
        WHERE deliveries > 0
        GROUP BY number, connector, destination
    )
    SELECT number,
        list({'connector': connector, 'destination': destination, 'deliveries': deliveries, 'before': before}
            ORDER BY deliveries DESC, connector, destination)[1:3] AS elsewhere
    FROM best
    GROUP BY number
    ORDER BY number
"""
