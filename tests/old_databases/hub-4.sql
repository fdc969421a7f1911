-- hub.db as version 4 of its schema wrote it. Never changed.
PRAGMA application_id = 1212305991;
PRAGMA user_version = 4;
BEGIN TRANSACTION;
CREATE TABLE accounts (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL COLLATE NOCASE UNIQUE,
        role TEXT NOT NULL,
        grants TEXT NOT NULL,
        password TEXT NOT NULL,
        totp TEXT,
        totp_used INTEGER NOT NULL,
        created_at TEXT NOT NULL
    , recovery TEXT NOT NULL DEFAULT '[]') STRICT;
INSERT INTO "accounts" VALUES('a1','ann','operator','{"kitchen": "admin"}','$argon2id$v=19$m=65536,t=3,p=4$YmCKpIQHPz9U5uPofuOrFA$BHg++jsKaiMoTDquh3RNPzPHvjw7lMCJMv6yN2meCWw','JBSWY3DPEHPK3PXP',7,'2026-05-01T12:00:00+00:00','["e3b0"]');
CREATE TABLE activity (device_id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
INSERT INTO "activity" VALUES('arefirst','{"last_auth_ip": "10.0.0.1"}');
CREATE TABLE audit (
        number INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        by TEXT NOT NULL,
        action TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        registry_id TEXT NOT NULL,
        details TEXT NOT NULL
    ) STRICT;
INSERT INTO "audit" VALUES(1,'2026-05-01T12:00:00+00:00','ann','CreateDevice','device','arefirst','first','arenorth','{}');
CREATE TABLE brokers (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        description TEXT NOT NULL,
        labels TEXT NOT NULL,
        created_at TEXT NOT NULL,
        UNIQUE (name)
    ) STRICT;
INSERT INTO "brokers" VALUES('areshop','shop','','{}','2026-05-01T12:00:00+00:00');
CREATE TABLE certificates (
        fingerprint TEXT PRIMARY KEY,
        owner_id TEXT NOT NULL,
        pem TEXT NOT NULL,
        created_at TEXT NOT NULL
    ) STRICT;
INSERT INTO "certificates" VALUES('abababababababababababababababababababababababababababababababab','arefirst','-----BEGIN CERTIFICATE-----
','2026-05-01T12:00:00+00:00');
CREATE TABLE connections (
        number INTEGER PRIMARY KEY,
        login TEXT NOT NULL,
        at TEXT NOT NULL,
        text TEXT NOT NULL
    ) STRICT;
INSERT INTO "connections" VALUES(1,'device/arefirst','2026-05-01T12:00:00+00:00','connected, address: "10.0.0.1", clientID: "c"');
CREATE TABLE declared (id TEXT PRIMARY KEY, created_at TEXT NOT NULL) STRICT;
INSERT INTO "declared" VALUES('aredeclared','2026-05-01T12:00:00+00:00');
CREATE TABLE devices (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        description TEXT NOT NULL,
        labels TEXT NOT NULL,
        created_at TEXT NOT NULL,
        registry_id TEXT NOT NULL,
        aliases TEXT NOT NULL,
        UNIQUE (registry_id, name)
    ) STRICT;
INSERT INTO "devices" VALUES('arefirst','first','','{}','2026-05-01T12:00:00+00:00','arenorth','{"my/": "$devices/arefirst/"}');
CREATE TABLE keys (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
INSERT INTO "keys" VALUES('tokens',X'0102');
CREATE TABLE passwords (
        id TEXT PRIMARY KEY,
        owner_id TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('token', 'argon2id')),
        proof BLOB NOT NULL,
        created_at TEXT NOT NULL
    ) STRICT;
INSERT INTO "passwords" VALUES('pw1','areshop','token',X'00FF','2026-05-01T12:00:00+00:00');
INSERT INTO "passwords" VALUES('pw2','arefirst','argon2id',X'246172676F6E32696424763D3139246D3D382C743D312C703D3124633239745A584E6862485124535A7646674641734B4D744A4B34714B687A31527056746C56536C5A7664465058474C302B624C72564F41','2026-05-01T12:00:00+00:00');
CREATE TABLE registries (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        description TEXT NOT NULL,
        labels TEXT NOT NULL,
        created_at TEXT NOT NULL,
        enabled INTEGER NOT NULL,
        UNIQUE (name)
    ) STRICT;
INSERT INTO "registries" VALUES('arenorth','north','ä','{"site": "n"}','2026-05-01T12:00:00+00:00',0);
CREATE TABLE sign_ins (
        id TEXT PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        created_at TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        address TEXT NOT NULL,
        agent TEXT NOT NULL
    ) STRICT;
INSERT INTO "sign_ins" VALUES('s1',X'AA','a1','2026-05-01T12:00:00+00:00','2026-05-01T12:00:00+00:00','127.0.0.1','a browser');
CREATE TABLE tokens (
        id TEXT PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        scopes TEXT NOT NULL,
        created_at TEXT NOT NULL,
        seen_at TEXT,
        expires_at TEXT
    ) STRICT;
INSERT INTO "tokens" VALUES('t1',X'BB','a1','script','["viewer"]','2026-05-01T12:00:00+00:00',NULL,NULL);
CREATE INDEX certificates_of ON certificates (owner_id);
CREATE INDEX passwords_of ON passwords (owner_id);
CREATE INDEX audit_of ON audit (id);
CREATE INDEX connections_of ON connections (login);
COMMIT;
