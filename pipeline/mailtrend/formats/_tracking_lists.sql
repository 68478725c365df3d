-- Rows of several recipients with a reply for each: `judged` becomes `one_each`. Reads of `judged` is_list, row_outcome,
-- recipient_address (parted by semicolons), recipient_status and `parting`, what parts the items of the latter.

-- A separator inside brackets or quotes is none: the running balance of brackets says where an item of the list ends.
CREATE TEMP TABLE answers AS
WITH pieces AS (
    SELECT
        file_no,
        line,
        unnest(string_split(replace(recipient_status, parting, chr(31)), chr(31))) AS piece,
        generate_subscripts(string_split(replace(recipient_status, parting, chr(31)), chr(31)), 1) AS place
    FROM judged
    WHERE
        is_list
        AND row_outcome NOT IN ('received', 'delivered', 'expanded')
        AND event_time IS NOT NULL
),
weighed AS (
    SELECT
        *,
        strlen(replace(replace(piece, ']', ''), '}', '')) - strlen(replace(replace(piece, '[', ''), '{', '')) AS depth,
        strlen(piece) - strlen(replace(piece, '"', '')) AS quotes
    FROM pieces
),
balanced AS (
    SELECT
        *,
        sum(depth) OVER to_here = 0 AND sum(quotes) OVER to_here % 2 = 0 AS ends_item
    FROM weighed
    WINDOW to_here AS (PARTITION BY file_no, line ORDER BY place)
),
numbered AS (
    SELECT
        *,
        count(*) FILTER (WHERE ends_item) OVER (PARTITION BY file_no, line ORDER BY place)
        - CAST(ends_item AS INTEGER) AS item_no
    FROM balanced
),
joined AS (
    SELECT
        file_no,
        line,
        item_no,
        string_agg(piece, chr(31) ORDER BY place) AS item
    FROM numbered
    GROUP BY file_no, line, item_no
),
-- A reply that goes on behind a separator of its own, as `550 4.4.7 QUEUE.Expired; message expired`: the next one begins
-- where a code or a bracket stands.
begun AS (
    SELECT
        *,
        count(*) FILTER (WHERE regexp_matches(item, '^\s*(?:[245][0-9]{2}(?:[ -]|\z)|[\[{])')) OVER (
            PARTITION BY file_no, line ORDER BY item_no
        ) AS reply_no
    FROM joined
),
whole AS (
    SELECT
        file_no,
        line,
        reply_no,
        list(item ORDER BY item_no) AS parts,
        string_agg(item, chr(31) ORDER BY item_no) AS reply
    FROM begun
    GROUP BY file_no, line, reply_no
)
SELECT
    file_no,
    line,
    flatten(list(parts ORDER BY reply_no)) AS parts,
    list(reply ORDER BY reply_no) AS replies
FROM whole
GROUP BY file_no, line;

CREATE TEMP VIEW one_each AS
SELECT
    *,
    recipient_address AS recipient,
    recipient_status AS reply
FROM judged
WHERE
    is_list IS NOT TRUE
    AND row_outcome IS NOT NULL
    AND event_time IS NOT NULL
UNION ALL
SELECT
    * EXCLUDE (addresses, parts, replies, place),
    addresses[place] AS recipient,
    -- Lists of unequal length cannot be paired: then the whole text stands for each.
    CASE
        WHEN len(parts) = len(addresses) THEN trim(replace(parts[place], chr(31), parting))
        WHEN len(replies) = len(addresses) THEN trim(replace(replies[place], chr(31), parting), ' ;,|')
        ELSE recipient_status
    END AS reply
FROM (
    SELECT
        j.*,
        items(j.recipient_address) AS addresses,
        a.parts,
        a.replies,
        unnest(generate_series(1, len(items(j.recipient_address)))) AS place
    FROM judged AS j
    LEFT JOIN answers AS a USING (file_no, line)
    WHERE
        j.is_list
        AND j.row_outcome IS NOT NULL
        AND j.event_time IS NOT NULL
);
