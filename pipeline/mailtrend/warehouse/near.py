"""The SQL of what events tell beside the places of incidents: mailboxes, and other ways to the servers there."""

from __future__ import annotations

from typing import Final

# Read once for all cases. Each sum of bits says for which of them a row counts, and as what; numbers instead of names
# keep it small.
# Mail put into mailboxes: on-premises by one's own logs, in Exchange Online by its exports. What Exchange Online
# delivered to servers of one's own: over their connectors, to the addresses that fail (a message trace names no
# connector, but the address), and over other ways to the host that fails.
NEAR: Final = """
    CREATE OR REPLACE TEMP TABLE behind_near AS
    WITH own AS (
        SELECT DISTINCT tenant, lower(name) AS connector
        FROM connectors
        WHERE owner_kind = 'own' AND direction = 'outbound'
    ),
    here AS (
        SELECT DISTINCT b.bit, p.tenant, p.connector, p.destination, t.recipient_domain
        FROM case_tries AS t
        INNER JOIN behind_cases AS b ON t.number = b.number
        INNER JOIN places AS p ON t.place = p.place
        WHERE t.during AND t.here
    ),
    hosts AS (
        SELECT tenant, destination, bit_or(bit) AS bits FROM here GROUP BY tenant, destination
    ),
    routes AS (
        SELECT tenant, connector, bit_or(bit) AS bits FROM here GROUP BY tenant, connector
    ),
    domains AS (
        SELECT tenant, recipient_domain, bit_or(bit) AS bits FROM here GROUP BY tenant, recipient_domain
    ),
    addresses AS (
        SELECT tenant, remote_ip, bit_or(bit) AS bits
        FROM (SELECT tenant, bit, unnest(addresses) AS remote_ip FROM behind_cases)
        GROUP BY tenant, remote_ip
    ),
    rows AS (
        SELECT
            e.tenant, e.event_time, e.source, e.event, e.server, e.connector, e.destination, e.remote_host, e.remote_ip,
            e.direction, e.recipient, e.recipient_domain, e.network_message_id, e.message_id, e.queue_id, e.file_id,
            e.line,
            settled_by_id(e.source) AS cloud,
            e.outcome = 'delivered' AS delivered,
            coalesce(h.bits, 0) AS host,
            coalesce(c.bits, 0) AS route,
            coalesce(d.bits, 0) AS domain
        FROM events AS e
        LEFT JOIN hosts AS h ON e.tenant = h.tenant AND e.destination = h.destination
        LEFT JOIN routes AS c ON e.tenant = c.tenant AND e.connector = c.connector
        LEFT JOIN domains AS d ON e.tenant = d.tenant AND e.recipient_domain = d.recipient_domain
        WHERE e.event_time >= $since AND e.event_time < $until
            AND e.outcome IN ('delivered', 'deferred', 'failed', 'expired')
            AND CASE
                WHEN e.outcome = 'delivered' THEN h.bits IS NOT NULL OR c.bits IS NOT NULL OR d.bits IS NOT NULL
                -- Of what failed, that over other connectors is asked for.
                ELSE settled_by_id(e.source)
                    AND e.connector IS NOT NULL AND h.bits & ~coalesce(c.bits, 0) <> 0
            END
    ),
    marked AS (
        SELECT
            r.*,
            CASE WHEN r.cloud AND r.connector IS NOT NULL THEN r.host & ~r.route ELSE 0 END AS over_other,
            CASE
                WHEN r.cloud AND r.delivered AND r.destination IS NOT NULL THEN r.route & ~r.host
                ELSE 0
            END AS to_other,
            CASE WHEN r.cloud AND r.delivered AND o.connector IS NOT NULL THEN r.domain ELSE 0 END AS over_own,
            CASE
                WHEN r.cloud AND r.delivered AND r.connector IS NULL THEN r.domain & coalesce(a.bits, 0)
                ELSE 0
            END AS traced,
            CASE
                WHEN NOT r.delivered OR r.recipient IS NULL THEN 0
                WHEN r.cloud THEN CASE WHEN upper(r.event) = 'DELIVER' THEN r.domain ELSE 0 END
                WHEN (r.direction = 'internal' OR r.destination = r.recipient_domain)
                    AND NOT coalesce(is_microsoft_host(coalesce(r.remote_host, r.destination)), false)
                    THEN r.domain
                ELSE 0
            END AS boxed
        FROM rows AS r
        LEFT JOIN own AS o ON r.tenant = o.tenant AND lower(r.connector) = o.connector
        LEFT JOIN addresses AS a ON r.tenant = a.tenant AND r.remote_ip = a.remote_ip
    )
    SELECT
        event_time, cloud, delivered, over_other, to_other, over_own, traced, boxed,
        over_other | to_other | over_own | traced AS ways,
        hash(lower(recipient)) AS who,
        -- Of Exchange Online's mail, only what it gives an id counts.
        CASE
            WHEN NOT cloud THEN hash(coalesce(message_id, network_message_id, queue_id, file_id || ':' || line))
            WHEN network_message_id IS NOT NULL THEN hash(network_message_id)
        END AS mail,
        CASE WHEN boxed <> 0 THEN coalesce(server, source) END AS server,
        boxed <> 0 AND source_hop(source) = 'exchange' AS exchange
    FROM marked
    WHERE over_other | to_other | over_own | traced | boxed <> 0
"""
BOXES: Final = """
    CREATE OR REPLACE TEMP TABLE behind_boxes AS
    WITH counts AS (
        SELECT n.boxed, b.number, b.begun, b.until
        FROM (SELECT DISTINCT boxed FROM behind_near) AS n
        INNER JOIN behind_cases AS b ON n.boxed & b.bit <> 0
    )
    SELECT
        c.number,
        n.cloud,
        n.server,
        n.who,
        bool_or(n.exchange) AS exchange,
        max(n.event_time) FILTER (WHERE n.event_time <= c.begun) AS before,
        max(n.event_time) FILTER (WHERE n.event_time > c.begun) AS since,
        count(DISTINCT n.mail) FILTER (WHERE n.event_time > c.begun AND NOT n.cloud) AS mails
    FROM behind_near AS n
    INNER JOIN counts AS c
        ON n.boxed = c.boxed AND n.event_time >= c.begun - INTERVAL 14 DAY AND n.event_time < c.until
    GROUP BY c.number, n.cloud, n.server, n.who
"""
WAYS: Final = """
    CREATE OR REPLACE TEMP TABLE behind_ways AS
    WITH counts AS (
        SELECT n.*, b.number, b.begun, b.until,
            CASE
                WHEN n.over_other & b.bit <> 0 THEN 'other connector'
                WHEN n.to_other & b.bit <> 0 THEN 'other host'
                WHEN n.over_own & b.bit <> 0 THEN 'own connector'
                ELSE 'traced'
            END AS way
        FROM (SELECT DISTINCT over_other, to_other, over_own, ways FROM behind_near) AS n
        INNER JOIN behind_cases AS b ON n.ways & b.bit <> 0
    )
    SELECT
        c.number,
        c.way,
        n.delivered,
        n.who,
        max(n.event_time) FILTER (WHERE n.event_time <= c.begun) AS before,
        max(n.event_time) FILTER (WHERE n.event_time > c.begun) AS since,
        count(DISTINCT n.mail) FILTER (WHERE n.event_time > c.begun) AS mails
    FROM behind_near AS n
    INNER JOIN counts AS c
        ON n.over_other = c.over_other
        AND n.to_other = c.to_other
        AND n.over_own = c.over_own
        AND n.ways = c.ways
        AND n.event_time >= c.begun - INTERVAL 14 DAY
        AND n.event_time < c.until
    GROUP BY c.number, c.way, n.delivered, n.who
"""
