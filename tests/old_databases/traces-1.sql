-- traces.db as version 1 of its schema wrote it. Never changed.
CREATE TABLE trace (
    number INTEGER PRIMARY KEY,
    item TEXT NOT NULL,
    began REAL NOT NULL,
    outcome TEXT NOT NULL,
    failed INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;
CREATE INDEX trace_of ON trace (item, failed, number);
INSERT INTO trace VALUES (7, 'automation.a', 1714996800.0, 'finished', 0, CAST('{"run":7,"item":"automation.a","outcome":"finished","steps":[]}' AS BLOB));
PRAGMA user_version=1;
