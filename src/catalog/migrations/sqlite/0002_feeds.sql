-- What changed in a feed, in a number that grows: a written feed is good for as long as it stands.
CREATE TABLE feeds (
    name       TEXT PRIMARY KEY,
    version    INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- SHA-384 of a rendition's bytes, by which a podcast app checks what it loaded.
ALTER TABLE renditions ADD COLUMN sha384 BLOB;
CREATE INDEX renditions_unhashed ON renditions (finished_ms) WHERE sha384 IS NULL AND gone_ms IS NULL;

-- The private feed that a key opens, and nothing else; none for a publisher's key.
ALTER TABLE publisher_keys ADD COLUMN feed TEXT;
