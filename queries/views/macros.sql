-- Words that several views and queries share: which source tells most, and what makes two rows one message.
--
-- Attributes of one delivery attempt differ from source to source, so wherever several saw it, one must speak for all:
-- the one with the smallest rank. The rank is also the number of the bit that stands for the source in a mask.

CREATE MACRO source_rank(source) AS
    CASE source
        WHEN 'exo_extended' THEN 0
        WHEN 'exo_trace_detail' THEN 1
        WHEN 'exo_enhanced_summary' THEN 2
        WHEN 'exo_message_trace' THEN 3
        WHEN 'exo_graph_trace' THEN 4
        WHEN 'exchange_tracking' THEN 5
        WHEN 'exchange_tracking_csv' THEN 6
        WHEN 'exchange_smtp_send' THEN 7
        WHEN 'exchange_smtp_receive' THEN 8
        WHEN 'exchange_connectivity' THEN 9
        WHEN 'postfix' THEN 10
        WHEN 'exim' THEN 11
        WHEN 'sendmail' THEN 12
        WHEN 'iis_smtp' THEN 13
        ELSE 14
    END;

CREATE MACRO sources_of(mask) AS
    string_split(
        concat_ws(
            ',',
            CASE WHEN mask & 1 > 0 THEN 'exo_extended' END,
            CASE WHEN mask & 2 > 0 THEN 'exo_trace_detail' END,
            CASE WHEN mask & 4 > 0 THEN 'exo_enhanced_summary' END,
            CASE WHEN mask & 8 > 0 THEN 'exo_message_trace' END,
            CASE WHEN mask & 16 > 0 THEN 'exo_graph_trace' END,
            CASE WHEN mask & 32 > 0 THEN 'exchange_tracking' END,
            CASE WHEN mask & 64 > 0 THEN 'exchange_tracking_csv' END,
            CASE WHEN mask & 128 > 0 THEN 'exchange_smtp_send' END,
            CASE WHEN mask & 256 > 0 THEN 'exchange_smtp_receive' END,
            CASE WHEN mask & 512 > 0 THEN 'exchange_connectivity' END,
            CASE WHEN mask & 1024 > 0 THEN 'postfix' END,
            CASE WHEN mask & 2048 > 0 THEN 'exim' END,
            CASE WHEN mask & 4096 > 0 THEN 'sendmail' END,
            CASE WHEN mask & 8192 > 0 THEN 'iis_smtp' END,
            CASE WHEN mask & 16384 > 0 THEN 'other' END
        ),
        ','
    );

-- A message's own id, else the Message-ID header, else its place in one server's queue, else the row itself.
CREATE MACRO message_key(network_message_id, message_id, server, queue_id, file_id, line) AS
    coalesce(network_message_id, message_id, server || '/' || queue_id, file_id || ':' || line);

-- Codes are looked up by stem and number, so that an entry may stand for a range.
CREATE MACRO code_stem(status_code) AS
    split_part(status_code, '.', 1) || '.' || split_part(status_code, '.', 2);

CREATE MACRO code_number(status_code) AS
    TRY_CAST(split_part(status_code, '.', 3) AS INTEGER);
