-- What several formats need to read a cell: ids, addresses, zoned times, XML values, lists in one cell.

-- A cell without the blanks around it; an empty one is NULL.
CREATE OR REPLACE TEMP MACRO filled(cell) AS nullif(trim(cell), '');

-- An address or a Message-ID without its angle brackets; NULL if nothing is left. Trimming a set of characters costs
-- six times as much as cutting, so it is kept for cells that need it.
CREATE OR REPLACE TEMP MACRO bare(cell) AS
    CASE
        WHEN starts_with(cell, '<') AND suffix(cell, '>') THEN nullif(substring(cell, 2, length(cell) - 2), '')
        WHEN contains(cell, '<') OR contains(cell, '>') OR contains(cell, ' ') THEN nullif(trim(cell, ' <>'), '')
        ELSE nullif(cell, '')
    END;

-- A sender: `<>` is the empty address of a bounce and stays '', an empty cell is NULL.
CREATE OR REPLACE TEMP MACRO sender_of(cell) AS
    CASE WHEN cell = '<>' THEN '' ELSE bare(cell) END;

-- A GUID in lower case, with its dashes, without braces; other text as it stands, in lower case.
CREATE OR REPLACE TEMP MACRO guid(cell) AS
    CASE
        WHEN length(cell) = 36 THEN lower(cell)
        WHEN length(cell) = 32 AND regexp_full_match(cell, '[0-9A-Fa-f]{32}') THEN
            lower(concat_ws('-', cell[1:8], cell[9:12], cell[13:16], cell[17:20], cell[21:]))
        ELSE nullif(lower(trim(cell, ' {}')), '')
    END;

-- A whole number as exports write it: `1234`, `1,234` and `1 234`.
CREATE OR REPLACE TEMP MACRO whole_number(cell) AS
    coalesce(TRY_CAST(cell AS BIGINT), TRY_CAST(replace(replace(cell, ',', ''), ' ', '') AS BIGINT));

-- A time in UTC, or NULL. One that names its offset is moved by it; one that does not is UTC already.
CREATE OR REPLACE TEMP MACRO utc_time(cell) AS
    CASE
        WHEN suffix(cell, 'Z') THEN TRY_CAST(cell AS TIMESTAMP)
        ELSE timezone('UTC', TRY_CAST(cell AS TIMESTAMPTZ))
    END;

-- `SERVER\Name - <guid>` is the connector `Name`; `SERVER\Default SERVER` means that none was chosen.
CREATE OR REPLACE TEMP MACRO connector_name(cell) AS
    CASE
        WHEN contains(cell, '\Default ') THEN NULL
        WHEN substring(cell, length(cell) - 38, 3) = ' - ' AND regexp_full_match(right(cell, 36), '[0-9A-Fa-f-]{36}')
            THEN nullif(trim(split_part(left(cell, length(cell) - 39), '\', -1)), '')
        WHEN contains(cell, '\') THEN nullif(trim(split_part(cell, '\', -1)), '')
        ELSE nullif(trim(cell), '')
    END;

-- XML's five entities, put back; the ampersand last, or `&amp;lt;` would turn into `<`.
CREATE OR REPLACE TEMP MACRO xml_text(cell) AS
    CASE
        WHEN contains(cell, '&') THEN
            replace(
                replace(
                    replace(replace(replace(cell, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'),
                    '&apos;',
                    ''''
                ),
                '&amp;',
                '&'
            )
        ELSE cell
    END;

-- The value of `<MEP Name="name" String|Integer|Long|Blob…="value"/>` as it stands in the XML, NULL if there is none.
-- Splitting at the name is seven times as fast as a pattern.
CREATE OR REPLACE TEMP MACRO mep(data, name) AS
    nullif(split_part(split_part(data, '"' || name || '"', 2), '"', 2), '');

-- `TLS1.2` from `using TLS1.2 with AES256`, `S:tlsversion=SP_PROT_TLS1_2_CLIENT`, `TlsVersion=TLS1.3`.
CREATE OR REPLACE TEMP MACRO tls_name(version) AS
    CASE
        WHEN version <> '' THEN
            'TLS' || replace(regexp_extract(upper(version), '([0-9](?:[._][0-9])?)', 1), '_', '.')
    END;

-- The items of a list in one cell, empty ones left out; a separator inside quotes (`"a;b"@contoso.com`) is none.
CREATE OR REPLACE TEMP MACRO items(cell) AS
    list_filter(
        list_transform(
            CASE
                WHEN contains(cell, '"') AND (length(cell) - length(replace(cell, '"', ''))) % 2 = 0 THEN
                    regexp_extract_all(cell, '(?:"[^"]*"|[^;"])+')
                ELSE string_split(cell, ';')
            END,
            lambda item: trim(item)
        ),
        lambda item: item <> ''
    );
