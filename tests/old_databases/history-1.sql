-- history.db as version 1 of its schema wrote it. Never changed.
PRAGMA application_id = 1212303433;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE attributes (
        id INTEGER PRIMARY KEY,
        entity INTEGER NOT NULL,
        data TEXT NOT NULL
    ) STRICT;
INSERT INTO "attributes" VALUES(1,1,'{"unit_of_measurement":"W","friendly_name":"Power"}');
INSERT INTO "attributes" VALUES(2,2,'{"friendly_name":"Lamp"}');
CREATE TABLE causes (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        context TEXT NOT NULL,
        parent INTEGER,
        user TEXT,
        origin TEXT NOT NULL,
        because TEXT NOT NULL
    ) STRICT;
INSERT INTO "causes" VALUES(1,1714996800000000,'0123456789abcdef',NULL,NULL,'automation.lamp','Power rose above 5 (7)');
CREATE TABLE changes (
        entity INTEGER NOT NULL,
        at INTEGER NOT NULL,
        state TEXT,
        attributes INTEGER,
        cause INTEGER,
        changed INTEGER,
        PRIMARY KEY (entity, at)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "changes" VALUES(1,1714996800000000,'3',1,NULL,NULL);
INSERT INTO "changes" VALUES(1,1714996810000000,'7',1,NULL,NULL);
INSERT INTO "changes" VALUES(2,1714996810000500,'on',2,1,NULL);
CREATE TABLE entities (
        id INTEGER PRIMARY KEY,
        entity_id TEXT NOT NULL UNIQUE
    ) STRICT;
INSERT INTO "entities" VALUES(1,'sensor.power');
INSERT INTO "entities" VALUES(2,'light.lamp');
CREATE TABLE events (
        at INTEGER NOT NULL,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        cause INTEGER
    ) STRICT;
INSERT INTO "events" VALUES(1714996810000100,'automation_triggered','{"name":"Lamp on","entity_id":"automation.lamp"}',1);
CREATE TABLE facts (
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
INSERT INTO "facts" VALUES('compiled',1714997100);
CREATE TABLE runs (
        started INTEGER NOT NULL,
        ended INTEGER
    ) STRICT;
INSERT INTO "runs" VALUES(1714996800,1714996860);
CREATE TABLE series (
        entity INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        unit TEXT NOT NULL
    ) STRICT;
INSERT INTO "series" VALUES(1,'measurement','W');
CREATE TABLE statistics_5minute (
        entity INTEGER NOT NULL,
        start INTEGER NOT NULL,
        mean REAL,
        min REAL,
        max REAL,
        last REAL,
        sum REAL,
        PRIMARY KEY (entity, start)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "statistics_5minute" VALUES(1,1714996800,5.0,3.0,7.0,7.0,12.5);
CREATE TABLE statistics_hour (
        entity INTEGER NOT NULL,
        start INTEGER NOT NULL,
        mean REAL,
        min REAL,
        max REAL,
        last REAL,
        sum REAL,
        PRIMARY KEY (entity, start)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "statistics_hour" VALUES(1,1714996800,5.0,3.0,7.0,7.0,12.5);
CREATE INDEX attributes_by_entity ON attributes (entity);
CREATE INDEX causes_by_time ON causes (at);
CREATE INDEX events_by_time ON events (at);
COMMIT;
