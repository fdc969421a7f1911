-- The file of what waits for an export as version 1 of its schema wrote it. Never changed.
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE dead (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        at TEXT NOT NULL,
        registry_id TEXT NOT NULL,
        device_id TEXT NOT NULL,
        topic TEXT NOT NULL,
        payload BLOB NOT NULL, reason TEXT NOT NULL) STRICT;
INSERT INTO "dead" VALUES(1,'2','2026-05-01T12:00:00Z','arenorth','arefirst','$devices/arefirst/events',X'74776F','it answers 400');
CREATE TABLE waiting (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        at TEXT NOT NULL,
        registry_id TEXT NOT NULL,
        device_id TEXT NOT NULL,
        topic TEXT NOT NULL,
        payload BLOB NOT NULL) STRICT;
INSERT INTO "waiting" VALUES(1,'1','2026-05-01T12:00:00Z','arenorth','arefirst','$devices/arefirst/events',X'6F6E65');
COMMIT;
