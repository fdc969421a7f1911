-- bridge-far.db as version 2 of its schema wrote it. Never changed.
PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO "meta" VALUES('client_id','hearth-far-0a1b2c3d');
INSERT INTO "meta" VALUES('filters','["in/#"]');
CREATE TABLE outbox (
        number INTEGER PRIMARY KEY,
        topic TEXT NOT NULL,
        payload BLOB NOT NULL,
        qos INTEGER NOT NULL,
        retain INTEGER NOT NULL,
        at REAL NOT NULL
    , packet_id INTEGER NOT NULL DEFAULT 0, released INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE received (packet_id INTEGER PRIMARY KEY) STRICT;
INSERT INTO "received" VALUES(5);
INSERT INTO "outbox" VALUES(7,'a/ä',X'00FF',1,0,1700000000.5,0,0);
INSERT INTO "outbox" VALUES(9,'b',X'',0,1,1700000001.0,0,0);
COMMIT;
