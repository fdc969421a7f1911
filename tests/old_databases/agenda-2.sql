-- agenda.db as version 2 of its schema wrote it. Never changed.
CREATE TABLE waiting (
    key TEXT PRIMARY KEY,
    due REAL,
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO waiting VALUES ('for/automation.door/0/binary_sensor.door is ''on''', 1714997100.0, CAST('{"item":"automation.door","digest":"00","due":1714997100.0,"facts":{"entity_id":"binary_sensor.door"}}' AS BLOB));
CREATE TABLE ahead (number INTEGER NOT NULL) STRICT;
INSERT INTO ahead VALUES (7);
PRAGMA user_version=2;
