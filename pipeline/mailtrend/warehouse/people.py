"""The SQL behind diagnose/behind.py: who gets mail at a place, who got it on-premises, how much went there."""

from __future__ import annotations

from typing import Final

CASES: Final = """
    CREATE OR REPLACE TEMP TABLE behind_cases AS
    SELECT
        unnest($number) AS number,
        unnest($tenant) AS tenant,
        unnest(CAST($begun AS TIMESTAMP[])) AS begun,
        unnest(CAST($until AS TIMESTAMP[])) AS until,
        -- Recipients refused as unknown: what Exchange Online delivered at that place says nothing of a server.
        unnest($unknown) AS unknown,
        unnest(CAST($addresses AS VARCHAR[][])) AS addresses
"""
# Mail put into mailboxes, on-premises by one's own logs and in Exchange Online by its exports.
BOXES: Final = """
    CREATE OR REPLACE TEMP TABLE behind_boxes AS
    WITH domains AS (
        SELECT DISTINCT t.number, t.recipient_domain
        FROM case_tries AS t
        SEMI JOIN behind_cases AS b ON t.number = b.number
        WHERE t.during AND t.here AND t.recipient_domain IS NOT NULL
    ),
    mails AS (
        SELECT
            e.tenant,
            e.event_time,
            settled_by_id(e.source) AS cloud,
            source_hop(e.source) = 'exchange' AS exchange,
            coalesce(e.server, e.source) AS server,
            e.recipient_domain,
            lower(e.recipient) AS address,
            hash(coalesce(e.message_id, e.network_message_id, e.queue_id, e.file_id || ':' || e.line)) AS mail
        FROM events AS e
        WHERE e.outcome = 'delivered'
            AND e.recipient IS NOT NULL
            AND e.event_time >= (SELECT min(begun) - INTERVAL 14 DAY FROM behind_cases)
            AND e.recipient_domain IN (SELECT recipient_domain FROM domains)
            AND CASE
                WHEN settled_by_id(e.source) THEN upper(e.event) = 'DELIVER'
                ELSE (e.direction = 'internal' OR e.destination = e.recipient_domain)
                    AND NOT coalesce(is_microsoft_host(coalesce(e.remote_host, e.destination)), false)
            END
    )
    SELECT
        b.number,
        m.cloud,
        m.server,
        m.address,
        bool_or(m.exchange) AS exchange,
        max(m.event_time) FILTER (WHERE m.event_time <= b.begun) AS before,
        max(m.event_time) FILTER (WHERE m.event_time > b.begun) AS since,
        count(DISTINCT m.mail) FILTER (WHERE m.event_time > b.begun) AS mails
    FROM mails AS m
    INNER JOIN domains AS d ON m.recipient_domain = d.recipient_domain
    INNER JOIN behind_cases AS b
        ON d.number = b.number
        AND m.tenant = b.tenant
        AND m.event_time >= b.begun - INTERVAL 14 DAY
        AND m.event_time < b.until
    GROUP BY b.number, m.cloud, m.server, m.address
"""
# What Exchange Online delivered to servers of one's own: over their connectors, to the addresses that fail, and over
# other ways to the host that fails. A message trace names no connector, but the address.
WAYS: Final = """
    CREATE OR REPLACE TEMP TABLE behind_ways AS
    WITH own AS (
        SELECT DISTINCT tenant, lower(name) AS connector
        FROM connectors
        WHERE owner_kind = 'own' AND direction = 'outbound'
    ),
    here AS (
        SELECT DISTINCT t.number, p.tenant, p.connector, p.destination, t.recipient_domain
        FROM case_tries AS t
        SEMI JOIN behind_cases AS b ON t.number = b.number
        INNER JOIN places AS p ON t.place = p.place
        WHERE t.during AND t.here
    ),
    hosts AS (
        SELECT DISTINCT number, tenant, destination FROM here WHERE destination IS NOT NULL
    ),
    routes AS (
        SELECT DISTINCT number, tenant, connector FROM here WHERE connector IS NOT NULL
    ),
    domains AS (
        SELECT DISTINCT number, tenant, recipient_domain FROM here WHERE recipient_domain IS NOT NULL
    ),
    rows AS (
        SELECT
            e.tenant, e.event_time, e.outcome, e.connector, e.destination, e.remote_ip, e.recipient_domain,
            e.network_message_id,
            lower(e.recipient) AS address,
            o.connector IS NOT NULL AS by_own
        FROM events AS e
        LEFT JOIN own AS o ON e.tenant = o.tenant AND lower(e.connector) = o.connector
        WHERE settled_by_id(e.source)
            AND e.outcome IN ('delivered', 'deferred', 'failed', 'expired')
            AND e.event_time >= (SELECT min(begun) - INTERVAL 14 DAY FROM behind_cases)
            AND (
                e.destination IN (SELECT destination FROM hosts)
                OR e.recipient_domain IN (SELECT recipient_domain FROM domains)
                OR e.connector IN (SELECT connector FROM routes)
            )
    )
    SELECT
        b.number,
        CASE
            WHEN h.number IS NOT NULL AND r.connector IS NOT NULL AND c.number IS NULL THEN 'other connector'
            WHEN c.number IS NOT NULL AND h.number IS NULL AND r.destination IS NOT NULL THEN 'other host'
            WHEN d.number IS NOT NULL AND r.by_own THEN 'own connector'
            WHEN d.number IS NOT NULL AND r.connector IS NULL AND list_contains(b.addresses, r.remote_ip) THEN 'traced'
        END AS way,
        r.outcome = 'delivered' AS delivered,
        r.address,
        max(r.event_time) FILTER (WHERE r.event_time <= b.begun) AS before,
        max(r.event_time) FILTER (WHERE r.event_time > b.begun) AS since,
        count(DISTINCT r.network_message_id) FILTER (WHERE r.event_time > b.begun) AS mails
    FROM rows AS r
    INNER JOIN behind_cases AS b
        ON r.tenant = b.tenant AND r.event_time >= b.begun - INTERVAL 14 DAY AND r.event_time < b.until
    LEFT JOIN hosts AS h ON b.number = h.number AND r.destination = h.destination
    LEFT JOIN routes AS c ON b.number = c.number AND r.connector = c.connector
    LEFT JOIN domains AS d ON b.number = d.number AND r.recipient_domain = d.recipient_domain
    WHERE h.number IS NOT NULL OR c.number IS NOT NULL OR d.number IS NOT NULL
    GROUP BY ALL
    HAVING way IS NOT NULL
"""
LIVING: Final = """
    CREATE OR REPLACE TEMP TABLE behind_people AS
    WITH tried AS (
        SELECT
            t.number,
            t.who,
            count(*) FILTER (WHERE t.during AND t.here) AS failures,
            count(*) FILTER (WHERE t.failing AND t.cause = 'recipient_unknown' AND t.event_time < b.begun) AS unknown,
            max(t.event_time) FILTER (
                WHERE t.outcome = 'delivered' AND t.event_time <= b.begun AND NOT b.unknown
            ) AS before,
            max(t.event_time) FILTER (
                WHERE t.outcome = 'delivered' AND t.event_time > b.begun AND t.event_time < b.until AND NOT b.unknown
            ) AS since
        FROM case_tries AS t
        INNER JOIN behind_cases AS b ON t.number = b.number
        GROUP BY t.number, t.who
    ),
    told AS (
        SELECT number, hash(address) AS who, cloud, server, before, since
        FROM behind_boxes
        UNION ALL
        SELECT number, hash(address) AS who, false AS cloud, NULL AS server, before, since
        FROM behind_ways
        WHERE delivered AND way IN ('own connector', 'other connector', 'traced')
    ),
    boxed AS (
        SELECT
            number,
            who,
            max(before) FILTER (WHERE NOT cloud) AS before,
            max(since) FILTER (WHERE NOT cloud) AS since,
            arg_max(server, since) FILTER (WHERE NOT cloud) AS server,
            max(coalesce(since, before)) FILTER (WHERE cloud) AS cloud
        FROM told
        GROUP BY number, who
    ),
    marks AS (
        SELECT
            coalesce(t.number, x.number) AS number,
            coalesce(t.who, x.who) AS who,
            coalesce(t.failures, 0) AS failures,
            coalesce(t.unknown, 0) > 0 AS unknown,
            greatest(t.before, x.before) AS before,
            greatest(t.since, x.since) AS since,
            x.server,
            x.cloud
        FROM tried AS t
        FULL JOIN boxed AS x ON t.number = x.number AND t.who = x.who
    ),
    wanted AS (
        SELECT m.*, b.begun
        FROM marks AS m
        INNER JOIN behind_cases AS b ON m.number = b.number
        WHERE m.failures > 0 OR m.since IS NOT NULL OR m.before >= b.begun - INTERVAL 14 DAY
    ),
    names AS (
        SELECT hash(lower(e.recipient)) AS who, min(lower(e.recipient)) AS address
        FROM events AS e
        WHERE e.recipient IS NOT NULL
            AND e.tenant IN (SELECT tenant FROM behind_cases)
            AND e.event_time >= (SELECT min(begun) - INTERVAL 14 DAY FROM behind_cases)
            AND hash(lower(e.recipient)) IN (SELECT who FROM wanted)
        GROUP BY hash(lower(e.recipient))
    )
    SELECT w.number, n.address, w.failures, w.unknown, w.before, w.since, w.server, w.cloud
    FROM wanted AS w
    INNER JOIN names AS n ON w.who = n.who
"""
PEOPLE: Final = """
    SELECT number, address, CAST(failures AS BIGINT) AS failures, before, since, server, cloud
    FROM behind_people
    QUALIFY row_number() OVER (
        PARTITION BY number, since IS NULL, before IS NULL
        ORDER BY failures DESC, address
    ) <= $most
    ORDER BY number, since IS NULL, failures DESC, address
"""
# Where nothing was ever delivered under the place's own name, its deliveries are not told apart from others.
TALLIES: Final = """
    WITH living AS (
        SELECT
            number,
            count(*) FILTER (WHERE failures > 0) AS failing,
            count(*) FILTER (WHERE failures > 0 AND before IS NOT NULL) AS failing_before,
            count(*) FILTER (WHERE failures > 0 AND unknown) AS failing_unknown,
            count(*) FILTER (WHERE since IS NOT NULL) AS live,
            count(*) FILTER (WHERE since IS NULL AND before IS NOT NULL) AS recent
        FROM behind_people
        GROUP BY number
    ),
    ways AS (
        SELECT
            number,
            sum(mails) FILTER (WHERE way = 'other connector' AND delivered) AS others_delivered,
            sum(mails) FILTER (WHERE way = 'other connector' AND NOT delivered) AS others_failed,
            sum(mails) FILTER (WHERE way = 'other host' AND delivered) AS host_delivered,
            sum(mails) FILTER (WHERE way = 'traced' AND delivered) AS traced
        FROM behind_ways
        GROUP BY number
    ),
    reach AS (
        SELECT t.number, date_diff('second', min(t.event_time), any_value(b.begun)) / 86400 AS days_before
        FROM case_tries AS t
        INNER JOIN behind_cases AS b ON t.number = b.number
        WHERE t.outcome = 'delivered' AND t.event_time <= b.begun
        GROUP BY t.number
    )
    SELECT
        b.number,
        CAST(coalesce(l.failing, 0) AS BIGINT) AS failing,
        CAST(coalesce(l.failing_before, 0) AS BIGINT) AS failing_before,
        CAST(coalesce(l.failing_unknown, 0) AS BIGINT) AS failing_unknown,
        CAST(coalesce(l.live, 0) AS BIGINT) AS live,
        CAST(coalesce(l.recent, 0) AS BIGINT) AS recent,
        CAST(coalesce(w.others_delivered, 0) AS BIGINT) AS others_delivered,
        CAST(coalesce(w.others_failed, 0) AS BIGINT) AS others_failed,
        CAST(coalesce(w.host_delivered, 0) AS BIGINT) AS host_delivered,
        CAST(coalesce(w.traced, 0) AS BIGINT) AS traced,
        coalesce(r.days_before, 0.0) AS days_before
    FROM behind_cases AS b
    LEFT JOIN living AS l ON b.number = l.number
    LEFT JOIN ways AS w ON b.number = w.number
    LEFT JOIN reach AS r ON b.number = r.number
    ORDER BY b.number
"""
# Deliveries of the full weeks between the first delivery and the start of the incident, the nearest week first.
TRAFFIC: Final = """
    WITH placed AS (
        SELECT
            t.number,
            date_diff('second', t.event_time, b.begun) // 604800 AS week
        FROM case_tries AS t
        INNER JOIN behind_cases AS b ON t.number = b.number
        WHERE t.outcome = 'delivered' AND t.event_time <= b.begun
    ),
    grid AS (
        SELECT number, unnest(range(max(week))) AS week
        FROM placed
        GROUP BY number
    )
    SELECT g.number, count(p.week) AS delivered
    FROM grid AS g
    LEFT JOIN placed AS p ON g.number = p.number AND g.week = p.week
    GROUP BY g.number, g.week
    ORDER BY g.number, g.week
"""
