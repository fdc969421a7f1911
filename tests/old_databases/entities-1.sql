-- entities.db as version 1 of its schema wrote it. Never changed.
CREATE TABLE entries (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
INSERT INTO entries VALUES ('area', 'hall', CAST('{"id":"hall","name":"Hall","floor_id":null,"icon":null,"aliases":["Entrance"],"labels":[]}' AS BLOB));
INSERT INTO entries VALUES ('device', 'd1', CAST('{"id":"d1","identifiers":[["mqtt","x"]],"connections":[],"name":"Plug","name_by_user":"Pump","area_id":"hall","labels":["wet"]}' AS BLOB));
INSERT INTO entries VALUES ('entity', 'switch.pump', CAST('{"entity_id":"switch.pump","platform":"mqtt","unique_id":"u","device_id":"d1","name":"The pump","labels":[]}' AS BLOB));
PRAGMA user_version=1;
