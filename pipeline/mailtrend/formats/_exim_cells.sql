-- What stands in an Exim line: fields such as `R=dnslookup`, peers, addresses with their originals, durations, subjects.

-- The field that `name` (with the blank before it and its `=`) begins; it ends at the next blank.
CREATE OR REPLACE TEMP MACRO field_of(cell, name) AS nullif(split_part(split_part(cell, name, 2), ' ', 1), '');

-- `host (helo) [address]:port`, `(helo) [address]`, `host [address]`, `[address]`: its two halves. A HELO may itself be
-- an address in brackets, so that only a bracket after a blank counts. Without a reverse name there is no host.
CREATE OR REPLACE TEMP MACRO peer_name(peer) AS
    CASE WHEN peer[1] NOT IN ('(', '[', '') THEN nullif(split_part(peer, ' ', 1), '') END;

CREATE OR REPLACE TEMP MACRO only_address(cell) AS
    CASE WHEN length(cell) > 1 AND ltrim(lower(cell), '0123456789abcdef.:') = '' THEN cell END;

CREATE OR REPLACE TEMP MACRO peer_address(peer) AS
    only_address(
        split_part(CASE WHEN peer[1] = '[' THEN substr(peer, 2) ELSE split_part(peer, ' [', 2) END, ']', 1)
    );

-- Is this the host itself? A content filter listens there, or a mail store.
CREATE OR REPLACE TEMP MACRO is_own_host(host, ip) AS
    coalesce(starts_with(ip, '127.') OR ip = '::1' OR lower(host) = 'localhost', false);

-- `X=TLS1.2:ECDHE_RSA…:256`, `X=TLSv1.3:…`: the version by itself.
CREATE OR REPLACE TEMP MACRO tls_of(cipher) AS
    CASE split_part(cipher, ':', 1)
        WHEN '' THEN NULL
        WHEN 'TLS1' THEN 'TLS1.0'
        WHEN 'TLSv1' THEN 'TLS1.0'
        ELSE
            CASE
                WHEN starts_with(cipher, 'TLSv') THEN 'TLS' || substr(split_part(cipher, ':', 1), 5)
                WHEN starts_with(cipher, 'TLS') OR starts_with(cipher, 'SSL') THEN split_part(cipher, ':', 1)
            END
    END;

-- `2s`, `0.040s`, `1d2h3m4s` in seconds.
CREATE OR REPLACE TEMP MACRO seconds_of(cell) AS
    CASE
        WHEN TRY_CAST(rtrim(cell, 's') AS DOUBLE) IS NOT NULL THEN TRY_CAST(rtrim(cell, 's') AS DOUBLE)
        WHEN regexp_full_match(cell, '(?:[0-9]+w)?(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9.]+s)?') THEN
            list_sum(
                list_transform(
                    regexp_extract_all(cell, '[0-9.]+[wdhms]'),
                    lambda part: TRY_CAST(part[:-2] AS DOUBLE)
                    * CASE part[-1] WHEN 'w' THEN 604800 WHEN 'd' THEN 86400 WHEN 'h' THEN 3600 WHEN 'm' THEN 60 ELSE 1 END
                )
            )
    END;

-- Text in which Exim wrote quotes as `\"` and bytes that it could not print as `\303`.
CREATE OR REPLACE TEMP MACRO unescaped(cell) AS
    CASE
        WHEN NOT contains(cell, '\') THEN cell
        ELSE
            coalesce(
                TRY(
                    decode(
                        unhex(
                            list_aggregate(
                                list_transform(
                                    regexp_extract_all(cell, '\\[0-3][0-7]{2}|\\.|[^\\]+|\\$$'),
                                    lambda part: CASE
                                        WHEN length(part) = 4 AND regexp_full_match(part, '\\[0-3][0-7]{2}') THEN
                                            printf(
                                                '%02X',
                                                CAST(part[2] AS INTEGER) * 64
                                                + CAST(part[3] AS INTEGER) * 8
                                                + CAST(part[4] AS INTEGER)
                                            )
                                        WHEN part IN ('\"', '\\') THEN hex(part[2])
                                        WHEN part = '\n' OR part = '\t' OR part = '\r' THEN '20'
                                        ELSE hex(part)
                                    END
                                ),
                                'string_agg',
                                ''
                            )
                        )
                    )
                ),
                cell
            )
    END;
