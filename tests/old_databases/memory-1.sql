-- memory.db as version 1 of its schema wrote it. Never changed.
CREATE TABLE remembered (
    entity_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    attributes BLOB NOT NULL,
    saved REAL NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO remembered VALUES ('input_boolean.guests', 'on', X'7B7D', 1714996800.0);
PRAGMA user_version=1;
