-- mqtt.db as version 1 of its schema wrote it. Never changed.
PRAGMA application_id = 1212304721;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE owed (
        space TEXT NOT NULL,
        name TEXT NOT NULL,
        client_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        topic TEXT NOT NULL,
        shown TEXT NOT NULL,
        payload BLOB NOT NULL,
        qos INTEGER NOT NULL,
        retain INTEGER NOT NULL,
        packet_id INTEGER NOT NULL,
        released INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (space, name, client_id, number),
        FOREIGN KEY (space, name, client_id) REFERENCES sessions ON DELETE CASCADE
    ) STRICT;
INSERT INTO "owed" VALUES('','ann','phone',1,'a','shown/a',X'00FF',2,0,7,1);
INSERT INTO "owed" VALUES('','ann','phone',2,'ä/ö','',X'',1,1,8,0);
CREATE TABLE received (
        space TEXT NOT NULL,
        name TEXT NOT NULL,
        client_id TEXT NOT NULL,
        packet_id INTEGER NOT NULL,
        PRIMARY KEY (space, name, client_id, packet_id),
        FOREIGN KEY (space, name, client_id) REFERENCES sessions ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
INSERT INTO "received" VALUES('','ann','phone',65535);
CREATE TABLE retained (
        space TEXT NOT NULL,
        topic TEXT NOT NULL,
        payload BLOB NOT NULL,
        qos INTEGER NOT NULL,
        owner TEXT NOT NULL,
        PRIMARY KEY (space, topic)
    ) STRICT;
INSERT INTO "retained" VALUES('','a',X'78',1,'ann');
INSERT INTO "retained" VALUES('attic','a',X'79',0,'');
CREATE TABLE sessions (
        space TEXT NOT NULL,
        name TEXT NOT NULL,
        client_id TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (space, name, client_id)
    ) STRICT;
INSERT INTO "sessions" VALUES('','ann','phone',1.0);
INSERT INTO "sessions" VALUES('attic','','lamp',2.0);
CREATE TABLE subscriptions (
        space TEXT NOT NULL,
        name TEXT NOT NULL,
        client_id TEXT NOT NULL,
        asked TEXT NOT NULL,
        qos INTEGER NOT NULL,
        grants TEXT NOT NULL,
        PRIMARY KEY (space, name, client_id, asked),
        FOREIGN KEY (space, name, client_id) REFERENCES sessions ON DELETE CASCADE
    ) STRICT;
INSERT INTO "subscriptions" VALUES('','ann','phone','$me/#',2,'[["$devices/7/#", "$devices/7", "$me"], ["b", "", ""]]');
COMMIT;
