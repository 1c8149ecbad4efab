-- Times are Unix milliseconds. Columns that end in _json are texts the catalog keeps and does not query.

CREATE TABLE articles (
    id               TEXT PRIMARY KEY,
    publisher        TEXT,
    feed             TEXT,
    url              TEXT,
    title            TEXT,
    lang             TEXT NOT NULL,
    published        TEXT,
    published_ms     INTEGER NOT NULL,  -- `published` as a time; when it was first put where that says none
    content_type     TEXT NOT NULL,
    body             BLOB NOT NULL,
    submission_json  TEXT NOT NULL,
    article_json     TEXT NOT NULL,
    current_revision TEXT NOT NULL,
    ready_revision   TEXT,
    created_ms       INTEGER NOT NULL,
    changed_ms       INTEGER NOT NULL,
    deleted_ms       INTEGER
) STRICT;

CREATE INDEX articles_newest ON articles (created_ms DESC, id DESC) WHERE deleted_ms IS NULL;
CREATE INDEX articles_by_feed ON articles (feed, published_ms DESC, id DESC) WHERE deleted_ms IS NULL;
CREATE INDEX articles_published ON articles (published_ms DESC, id DESC) WHERE deleted_ms IS NULL;
CREATE INDEX articles_by_url ON articles (url) WHERE url IS NOT NULL;

CREATE TABLE revisions (
    article_id        TEXT NOT NULL REFERENCES articles (id),
    name              TEXT NOT NULL,
    voice             TEXT NOT NULL,
    rate              REAL NOT NULL,
    front_end_version INTEGER NOT NULL,
    words             INTEGER NOT NULL,
    article_json      TEXT NOT NULL,
    script_json       TEXT NOT NULL,
    state             TEXT NOT NULL CHECK (state IN ('queued', 'rendering', 'ready', 'failed')),
    notes_json        TEXT NOT NULL DEFAULT '[]',
    error             TEXT,
    created_ms        INTEGER NOT NULL,
    finished_ms       INTEGER,
    PRIMARY KEY (article_id, name)
) STRICT;

-- A digest says what the bytes are, not whose they are: two articles may share one.
CREATE TABLE renditions (
    digest        TEXT NOT NULL,
    format        TEXT NOT NULL,
    article_id    TEXT NOT NULL REFERENCES articles (id),
    revision      TEXT NOT NULL,
    head          BLOB NOT NULL,
    pieces_json   TEXT NOT NULL,
    frames        INTEGER NOT NULL,
    bytes         INTEGER NOT NULL,
    timeline_json TEXT NOT NULL,
    finished_ms   INTEGER NOT NULL,
    gone_ms       INTEGER,
    replaced_by   TEXT,
    PRIMARY KEY (digest, format, article_id, revision)
) STRICT;

CREATE UNIQUE INDEX renditions_live ON renditions (article_id, revision, format) WHERE gone_ms IS NULL;

-- A clip may belong to many revisions; one of them is enough to make it again.
CREATE TABLE clips (
    digest     BLOB NOT NULL PRIMARY KEY,
    article_id TEXT NOT NULL REFERENCES articles (id),
    revision   TEXT NOT NULL,
    i          INTEGER NOT NULL,
    bytes      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE queue (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id     TEXT NOT NULL,
    revision       TEXT NOT NULL,
    publisher      TEXT,
    priority       INTEGER NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'dead')),
    run_at_ms      INTEGER NOT NULL,
    lease_until_ms INTEGER,
    owner          TEXT,
    attempts       INTEGER NOT NULL DEFAULT 0,
    payload_json   TEXT,
    error          TEXT,
    created_ms     INTEGER NOT NULL,
    FOREIGN KEY (article_id, revision) REFERENCES revisions (article_id, name)
) STRICT;

CREATE UNIQUE INDEX queue_one_for_a_revision ON queue (article_id, revision);
CREATE INDEX queue_waiting ON queue (priority DESC, id) WHERE state = 'waiting';
CREATE INDEX queue_leased ON queue (lease_until_ms) WHERE state = 'leased';

CREATE TABLE publisher_keys (
    prefix     TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    sha256     BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    revoked_ms INTEGER
) STRICT, WITHOUT ROWID;
