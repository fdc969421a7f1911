-- telemetry.db as version 1 of its schema wrote it. Never changed.
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE chunks (
        stream INTEGER NOT NULL,
        start INTEGER NOT NULL,
        step INTEGER NOT NULL,
        count INTEGER NOT NULL,
        gap INTEGER NOT NULL,
        low REAL NOT NULL,
        high REAL NOT NULL,
        kind INTEGER NOT NULL,
        data BLOB NOT NULL,
        UNIQUE (stream, start)
    ) STRICT
    ;
INSERT INTO "chunks" VALUES(1,1714996800000000,4000,3,0,-1.25,0.75,5,X'789C33629064B0F80F0003050183');
CREATE TABLE streams (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    ) STRICT;
INSERT INTO "streams" VALUES(1,'heart');
COMMIT;
