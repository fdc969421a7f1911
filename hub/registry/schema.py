"""The tables of `hub.db`: registries, devices and brokers that no YAML declares, and people's accounts."""

from __future__ import annotations

APPLICATION_ID = 0x48425247
"""Marks the file as ours."""

_OWNER = """
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        description TEXT NOT NULL,
        labels TEXT NOT NULL,
        created_at TEXT NOT NULL"""

MIGRATIONS = (
    f"""
    CREATE TABLE keys (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
    CREATE TABLE registries ({_OWNER},
        enabled INTEGER NOT NULL,
        UNIQUE (name)
    ) STRICT;
    CREATE TABLE devices ({_OWNER},
        registry_id TEXT NOT NULL,
        aliases TEXT NOT NULL,
        UNIQUE (registry_id, name)
    ) STRICT;
    CREATE TABLE brokers ({_OWNER},
        UNIQUE (name)
    ) STRICT;
    CREATE TABLE declared (id TEXT PRIMARY KEY, created_at TEXT NOT NULL) STRICT;
    CREATE TABLE certificates (
        fingerprint TEXT PRIMARY KEY,
        owner_id TEXT NOT NULL,
        pem TEXT NOT NULL,
        created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX certificates_of ON certificates (owner_id);
    CREATE TABLE passwords (
        id TEXT PRIMARY KEY,
        owner_id TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('token', 'argon2id')),
        proof BLOB NOT NULL,
        created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX passwords_of ON passwords (owner_id);
    CREATE TABLE activity (device_id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
    """,
    """
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
    CREATE INDEX audit_of ON audit (id);
    CREATE TABLE connections (
        number INTEGER PRIMARY KEY,
        login TEXT NOT NULL,
        at TEXT NOT NULL,
        text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX connections_of ON connections (login);
    """,
    """
    CREATE TABLE accounts (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL COLLATE NOCASE UNIQUE,
        role TEXT NOT NULL,
        grants TEXT NOT NULL,
        password TEXT NOT NULL,
        totp TEXT,
        totp_used INTEGER NOT NULL,
        created_at TEXT NOT NULL
    ) STRICT;
    CREATE TABLE sign_ins (
        id TEXT PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        created_at TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        address TEXT NOT NULL,
        agent TEXT NOT NULL
    ) STRICT;
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
    """,
    """
    ALTER TABLE accounts ADD COLUMN recovery TEXT NOT NULL DEFAULT '[]';
    """,
)
"""Each brings a database one version further. One that was released is never changed: a database of each
version is kept with the tests."""

TABLES = {"registry": "registries", "device": "devices", "broker": "brokers"}

# Not REPLACE: another row of the same name must be an error, and never be lost without a word.
_UPSERT = (
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, "
    "labels = excluded.labels"
)
SAVE = {
    "registry": f"INSERT INTO registries VALUES (?, ?, ?, ?, ?, ?) {_UPSERT}, enabled = excluded.enabled",
    "device": f"INSERT INTO devices VALUES (?, ?, ?, ?, ?, ?, ?) {_UPSERT}, aliases = excluded.aliases",
    "broker": f"INSERT INTO brokers VALUES (?, ?, ?, ?, ?) {_UPSERT}",
}
DELETE = {kind: f"DELETE FROM {table} WHERE id = ?" for kind, table in TABLES.items()}
LOAD = {kind: f"SELECT * FROM {table} ORDER BY created_at, id" for kind, table in TABLES.items()}

SAVE_CERTIFICATE = "INSERT INTO certificates VALUES (?, ?, ?, ?)"
DELETE_CERTIFICATES = "DELETE FROM certificates WHERE owner_id = ?"
LOAD_CERTIFICATES = "SELECT owner_id, fingerprint, pem, created_at FROM certificates ORDER BY rowid"
SAVE_PASSWORD = "INSERT INTO passwords VALUES (?, ?, ?, ?, ?)"
DELETE_PASSWORDS = "DELETE FROM passwords WHERE owner_id = ?"
LOAD_PASSWORDS = "SELECT owner_id, id, kind, proof, created_at FROM passwords ORDER BY rowid"

LOAD_DECLARED = "SELECT id, created_at FROM declared"
SAVE_DECLARED = "INSERT OR IGNORE INTO declared VALUES (?, ?)"
LOAD_KEY = "SELECT value FROM keys WHERE name = ?"
SAVE_KEY = "INSERT INTO keys VALUES (?, ?)"
LOAD_ACTIVITY = "SELECT device_id, data FROM activity"
SAVE_ACTIVITY = "INSERT OR REPLACE INTO activity VALUES (?, ?)"
DELETE_ACTIVITY = "DELETE FROM activity WHERE device_id = ?"

MOST_AUDITED = 100_000
MOST_LINES = 20_000
SAVE_AUDIT = (
    "INSERT INTO audit (at, by, action, kind, id, name, registry_id, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
LOAD_AUDIT = (
    "SELECT at, by, action, kind, id, name, registry_id, details FROM audit "
    "WHERE (?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR at <= ?2) "
    "AND (?3 IS NULL OR id = ?3 OR registry_id = ?3) "
    "ORDER BY number DESC LIMIT ?4"
)
SAVE_LINE = "INSERT INTO connections (login, at, text) VALUES (?, ?, ?)"
LOAD_LINES = "SELECT login, at, text FROM connections ORDER BY number"
DELETE_LINES = "DELETE FROM connections WHERE login = ?"
PRUNE = (
    f"DELETE FROM audit WHERE number <= (SELECT max(number) FROM audit) - {MOST_AUDITED}",
    f"DELETE FROM connections WHERE number <= (SELECT max(number) FROM connections) - {MOST_LINES}",
)
"""What is older than that many others is forgotten when the file is opened."""
