-- What was learnt of a model's file, by what is in it: whether this build of the engine may load it,
-- and how fast it is on this computer. And how the person wants a model to be run.
CREATE TABLE model_verdict (
    sha256 TEXT    NOT NULL,
    build  TEXT    NOT NULL,
    -- The code of the failure, or nothing where all went well.
    code   TEXT,
    facts  TEXT    NOT NULL,
    tried  INTEGER NOT NULL,
    PRIMARY KEY (sha256, build)
) STRICT;

CREATE TABLE model_speed (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256   TEXT    NOT NULL,
    machine  TEXT    NOT NULL,
    build    TEXT    NOT NULL,
    asked    INTEGER NOT NULL CHECK (asked IN (0, 1)),
    facts    TEXT    NOT NULL,
    measured INTEGER NOT NULL
) STRICT;

CREATE INDEX model_speed_of ON model_speed (sha256, machine, seq);

CREATE TABLE model_choice (
    id     TEXT NOT NULL PRIMARY KEY,
    choice TEXT NOT NULL
) STRICT;
