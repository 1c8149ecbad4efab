-- Sums of what listeners heard; nothing of a visit or a visitor is kept. `heard` and `furthest` hold one
-- little-endian 32-bit count for each sentence of the revision's script.
CREATE TABLE plays (
    article_id TEXT NOT NULL REFERENCES articles (id),
    revision   TEXT NOT NULL,
    plays      INTEGER NOT NULL,
    completed  INTEGER NOT NULL,
    seconds    INTEGER NOT NULL,
    heard      BLOB NOT NULL,
    furthest   BLOB NOT NULL,
    PRIMARY KEY (article_id, revision)
) STRICT, WITHOUT ROWID;

-- `day` counts days since 1970-01-01, UTC.
CREATE TABLE plays_by_day (
    day        INTEGER NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles (id),
    plays      INTEGER NOT NULL,
    completed  INTEGER NOT NULL,
    seconds    INTEGER NOT NULL,
    PRIMARY KEY (day, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX plays_by_article ON plays_by_day (article_id, day);
