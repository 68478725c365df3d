-- What stands in a Sendmail line: `key=value` cells, peers, durations, lists of recipients.

-- What stands between `name` and the next comma: for cells that hold none.
CREATE OR REPLACE TEMP MACRO cell_of(text, name) AS nullif(split_part(split_part(text, name, 2), ', ', 1), '');

CREATE OR REPLACE TEMP MACRO domain_of(address) AS
    CASE WHEN contains(address, '@') THEN nullif(lower(split_part(address, '@', -1)), '') END;

CREATE OR REPLACE TEMP MACRO only_address(cell) AS
    CASE WHEN length(cell) > 1 AND ltrim(lower(cell), '0123456789abcdef.:') = '' THEN cell END;

-- `host. [ip]`, `host [ip] (may be forged)`, `user@host [IPv6:ip]`, `[ip]`, `host.`: its two halves. Sendmail ends
-- names that it has looked up with a dot, and puts an address in brackets where it knows no name.
CREATE OR REPLACE TEMP MACRO bracketed(peer) AS
    if(contains(peer, '['), replace(split_part(split_part(peer, '[', -1), ']', 1), 'IPv6:', ''), NULL);

CREATE OR REPLACE TEMP MACRO peer_ip(peer) AS only_address(bracketed(peer));

CREATE OR REPLACE TEMP MACRO host_of(word) AS
    CASE
        WHEN contains(word, '@') THEN nullif(rtrim(split_part(word, '@', -1), '.'), '')
        WHEN starts_with(word, '[') THEN
            CASE
                WHEN only_address(replace(trim(word, '[]'), 'IPv6:', '')) IS NULL THEN nullif(trim(word, '[].'), '')
            END
        ELSE nullif(rtrim(word, '.'), '')
    END;

CREATE OR REPLACE TEMP MACRO peer_host(peer) AS host_of(split_part(peer, ' ', 1));

-- Is this the host itself? The submission queue hands mail over there, a content filter listens there.
CREATE OR REPLACE TEMP MACRO is_own_host(host, ip) AS
    coalesce(starts_with(ip, '127.') OR ip = '::1' OR (ip IS NULL AND lower(host) = 'localhost'), false);

-- `[d+]hh:mm:ss` in seconds.
CREATE OR REPLACE TEMP MACRO clock_seconds(clock) AS
    TRY_CAST(split_part(clock, ':', 1) AS DOUBLE) * 3600
    + TRY_CAST(split_part(clock, ':', 2) AS DOUBLE) * 60
    + TRY_CAST(split_part(clock, ':', 3) AS DOUBLE);

CREATE OR REPLACE TEMP MACRO seconds_of(cell) AS
    CASE
        WHEN contains(cell, '+') THEN
            TRY_CAST(split_part(cell, '+', 1) AS DOUBLE) * 86400 + clock_seconds(split_part(cell, '+', 2))
        ELSE clock_seconds(cell)
    END;

-- The recipients of a list; a comma inside quotes parts none. A long list goes on in the next line, after ` [more]`.
CREATE OR REPLACE TEMP MACRO recipients_of(cell) AS
    CASE
        WHEN NOT contains(cell, ',') AND cell NOT IN ('', 'NO-TO-LIST') THEN [cell]
        ELSE
            list_filter(
                list_transform(
                    CASE
                        WHEN contains(cell, '"') THEN regexp_extract_all(cell, '(?:"(?:[^"\\]|\\.)*"|[^",])+')
                        ELSE string_split(cell, ',')
                    END,
                    lambda item: trim(item)
                ),
                -- A delay that lost its name is no recipient.
                lambda item: item NOT IN ('', '[more]', 'NO-TO-LIST')
                AND NOT (contains(item, ':') AND ltrim(item, '0123456789+:') = '')
            )
    END;

-- Mailers that deliver to the host itself, and those that speak SMTP over a network.
CREATE OR REPLACE TEMP MACRO is_local_mailer(mailer) AS
    coalesce(
        mailer IN ('local', 'prog', 'procmail', 'discard', 'error')
        OR starts_with(mailer, '*')
        OR regexp_matches(lower(mailer), 'local|cyrus|lmtp|dovecot|mailman|majordomo|vacation|file|prog'),
        false
    );

-- The version of `version=TLSv1.2`.
CREATE OR REPLACE TEMP MACRO tls_of(version) AS
    CASE version
        WHEN 'TLSv1' THEN 'TLS1.0'
        WHEN 'TLSv1/SSLv3' THEN 'TLS1.0'
        ELSE CASE WHEN starts_with(version, 'TLSv') THEN 'TLS' || substr(version, 5) END
    END;
