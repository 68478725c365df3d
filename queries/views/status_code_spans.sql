-- The codes that each entry of status_codes stands for: one, or a range such as 5.7.606-649.
--
-- Columns
--   entry: status_code of the entry
--   stem: class and subject, such as 5.7
--   low: first detail number
--   high: last detail number, the same for a single code
--   title: short name of the entry
--   class: transient, permanent or success

CREATE VIEW status_code_spans AS
SELECT
    s.status_code AS entry,
    code_stem(s.status_code) AS stem,
    TRY_CAST(split_part(split_part(s.status_code, '.', 3), '-', 1) AS INTEGER) AS low,
    TRY_CAST(
        coalesce(
            nullif(split_part(split_part(s.status_code, '.', 3), '-', 2), ''),
            split_part(s.status_code, '.', 3)
        ) AS INTEGER
    ) AS high,
    s.title,
    s.class
FROM status_codes AS s;
