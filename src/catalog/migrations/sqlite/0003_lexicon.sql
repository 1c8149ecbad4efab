-- The publisher's lexicon: one row, or none.
CREATE TABLE lexicon (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    tag          TEXT NOT NULL,
    entries_json TEXT NOT NULL,
    changed_ms   INTEGER NOT NULL
) STRICT;
