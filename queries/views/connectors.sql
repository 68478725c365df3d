-- Connectors, as exported from Exchange Online and Exchange Server, newest export of each.
--
-- Whether a smart host that a send connector names is one's own, accepted domains say: that is worked out here.

CREATE VIEW connectors AS
WITH
ours AS (
    SELECT DISTINCT
        a.tenant,
        registered_domain(a.domain) AS domain
    FROM accepted_domains AS a
    WHERE registered_domain(a.domain) <> 'onmicrosoft.com'
),
hosts AS (
    SELECT
        s.tenant,
        s.name,
        s.direction,
        unnest(s.smart_hosts) AS host
    FROM $rows AS s
    WHERE s.connector_type IS NULL
),
signs AS (
    SELECT
        h.tenant,
        h.name,
        h.direction,
        bool_or(o.domain IS NOT NULL) AS some_ours,
        bool_or(o.domain IS NULL) AS some_others
    FROM hosts AS h
    LEFT JOIN ours AS o
        ON h.tenant = o.tenant AND registered_domain(h.host) = o.domain
    WHERE registered_domain(h.host) IS NOT NULL
    GROUP BY h.tenant, h.name, h.direction
)
SELECT
    stored.tenant,
    stored.name,
    stored.connector_type,
    stored.enabled,
    stored.recipient_domains,
    stored.smart_hosts,
    stored.use_mx_record,
    stored.tls_settings,
    stored.tls_domain,
    CASE
        WHEN stored.owner_kind NOT IN ('partner', 'undetermined') OR signs.some_ours IS NOT TRUE THEN stored.owner_kind
        WHEN signs.some_others THEN 'undetermined'
        ELSE 'own'
    END AS owner_kind,
    coalesce(stored.direction, 'outbound') AS direction,
    stored.sender_domains,
    stored.sender_addresses,
    stored.restrict_to,
    stored.tls_certificate_name,
    stored.require_tls,
    stored.cloud_services,
    stored.rule_scoped,
    stored.via_on_premises,
    stored.authentication,
    stored.permissions,
    stored.source_servers,
    stored.fqdn,
    stored.port,
    stored.max_size_bytes,
    stored.file_id
FROM $rows AS stored
LEFT JOIN signs
    ON stored.tenant = signs.tenant
    AND stored.name = signs.name
    AND stored.direction = signs.direction;
