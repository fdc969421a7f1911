"""The tables in which the MQTT server keeps what must outlive a restart, and what is said to them."""

from __future__ import annotations

APPLICATION_ID = 0x48424D51
"""Marks the file as ours."""

MIGRATIONS = (
    """
    CREATE TABLE sessions (
        space TEXT NOT NULL,
        name TEXT NOT NULL,
        client_id TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (space, name, client_id)
    ) STRICT;
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
    CREATE TABLE received (
        space TEXT NOT NULL,
        name TEXT NOT NULL,
        client_id TEXT NOT NULL,
        packet_id INTEGER NOT NULL,
        PRIMARY KEY (space, name, client_id, packet_id),
        FOREIGN KEY (space, name, client_id) REFERENCES sessions ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE retained (
        space TEXT NOT NULL,
        topic TEXT NOT NULL,
        payload BLOB NOT NULL,
        qos INTEGER NOT NULL,
        owner TEXT NOT NULL,
        PRIMARY KEY (space, topic)
    ) STRICT;
    """,
)
"""Each brings a database one version further. One that was released is never changed: a database of each
version is kept with the tests."""

_SESSION = "space = ? AND name = ? AND client_id = ?"

DROP_SESSION = f"DELETE FROM sessions WHERE {_SESSION}"
SAVE_SESSION = (
    "INSERT INTO sessions VALUES (?, ?, ?, ?) "
    "ON CONFLICT (space, name, client_id) DO UPDATE SET at = excluded.at"
)
DELETE_SUBSCRIPTION = f"DELETE FROM subscriptions WHERE {_SESSION} AND asked = ?"
SAVE_SUBSCRIPTION = "INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, ?, ?, ?)"
DELETE_OWED = f"DELETE FROM owed WHERE {_SESSION} AND number = ?"
SAVE_OWED = "INSERT OR REPLACE INTO owed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
_NUMBERED = "space = ?1 AND name = ?2 AND client_id = ?3"
SEND_OWED = f"UPDATE owed SET packet_id = ?5 WHERE {_NUMBERED} AND number = ?4"
RELEASE_OWED = f"UPDATE owed SET released = 1 WHERE {_SESSION} AND number = ?"
DELETE_RECEIVED = f"DELETE FROM received WHERE {_SESSION} AND packet_id = ?"
SAVE_RECEIVED = "INSERT OR IGNORE INTO received VALUES (?, ?, ?, ?)"
DELETE_RETAINED = "DELETE FROM retained WHERE space = ? AND topic = ?"
SAVE_RETAINED = "INSERT OR REPLACE INTO retained VALUES (?, ?, ?, ?, ?)"

LOAD_SESSIONS = "SELECT space, name, client_id, at FROM sessions ORDER BY at"
LOAD_SUBSCRIPTIONS = "SELECT space, name, client_id, asked, qos, grants FROM subscriptions ORDER BY rowid"
LOAD_OWED = (
    "SELECT space, name, client_id, number, topic, shown, payload, qos, retain, packet_id, released "
    "FROM owed ORDER BY space, name, client_id, number"
)
LOAD_RECEIVED = "SELECT space, name, client_id, packet_id FROM received"
LOAD_RETAINED = "SELECT space, topic, payload, qos, owner FROM retained"
