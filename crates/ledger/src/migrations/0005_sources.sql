-- Which entries took something from which source: the way from a source to its facts, whose ids stand together in
-- an entry.
CREATE TABLE source_uses (
    source_id INTEGER NOT NULL REFERENCES sources (id) DEFERRABLE,
    entry_id INTEGER NOT NULL,
    PRIMARY KEY (source_id, entry_id)
) STRICT;
INSERT INTO source_uses (source_id, entry_id) SELECT source_id, entry_id FROM facts
    UNION SELECT source_id, entry_id FROM confirmations;
-- Whether a token only reads.
ALTER TABLE api_tokens ADD COLUMN reads_only INTEGER NOT NULL DEFAULT 0;
