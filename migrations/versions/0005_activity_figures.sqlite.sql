CREATE TABLE activity_figures (
    activity_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    sport TEXT NOT NULL,
    day TEXT NOT NULL,
    figures TEXT NOT NULL,
    load REAL,
    load_basis TEXT,
    athlete TEXT,
    problem TEXT,
    computed_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    CONSTRAINT pk_activity_figures PRIMARY KEY (activity_id),
    CONSTRAINT ck_activity_figures_activity_id_uuid CHECK (length(activity_id) = 16),
    CONSTRAINT ck_activity_figures_version_not_negative CHECK (version >= 0),
    CONSTRAINT ck_activity_figures_load_not_negative CHECK (load >= 0),
    CONSTRAINT ck_activity_figures_load_finite CHECK (load > -9e999 AND load < 9e999),
    CONSTRAINT ck_activity_figures_figures_document CHECK (figures IS NULL OR CASE WHEN json_valid(figures) THEN json_type(figures) = 'object' ELSE 0 END),
    CONSTRAINT ck_activity_figures_athlete_document CHECK (athlete IS NULL OR CASE WHEN json_valid(athlete) THEN json_type(athlete) = 'object' ELSE 0 END),
    CONSTRAINT ck_activity_figures_sport_known CHECK (sport IN ('running', 'cycling', 'swimming', 'walking', 'other')),
    CONSTRAINT ck_activity_figures_load_basis_known CHECK (load_basis IN ('power', 'pace', 'swim', 'heart_rate')),
    CONSTRAINT ck_activity_figures_sha256_length CHECK (length(sha256) = 32),
    CONSTRAINT ck_activity_figures_load_has_basis CHECK ((load IS NULL) = (load_basis IS NULL)),
    CONSTRAINT fk_activity_figures_activity_id FOREIGN KEY(activity_id) REFERENCES activities (id) ON DELETE CASCADE
)
 STRICT;

CREATE INDEX ix_activity_figures_day ON activity_figures (day);

CREATE TABLE activity_bests (
    activity_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    span REAL NOT NULL,
    value REAL NOT NULL,
    sport TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    note TEXT,
    CONSTRAINT pk_activity_bests PRIMARY KEY (activity_id, kind, span),
    CONSTRAINT ck_activity_bests_activity_id_uuid CHECK (length(activity_id) = 16),
    CONSTRAINT ck_activity_bests_span_positive CHECK (span > 0),
    CONSTRAINT ck_activity_bests_value_positive CHECK (value > 0),
    CONSTRAINT ck_activity_bests_span_finite CHECK (span > -9e999 AND span < 9e999),
    CONSTRAINT ck_activity_bests_value_finite CHECK (value > -9e999 AND value < 9e999),
    CONSTRAINT ck_activity_bests_kind_known CHECK (kind IN ('distance', 'power')),
    CONSTRAINT ck_activity_bests_sport_known CHECK (sport IN ('running', 'cycling', 'swimming', 'walking', 'other')),
    CONSTRAINT ck_activity_bests_note_known CHECK (note IN ('downhill', 'indoor', 'suspect')),
    CONSTRAINT fk_activity_bests_activity_id FOREIGN KEY(activity_id) REFERENCES activities (id) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX ix_activity_bests_sport_kind_span_value ON activity_bests (sport, kind, span, value);

CREATE VIEW activity_figures_readable AS SELECT
    lower(substr(hex(activity_id), 1, 8) || '-' || substr(hex(activity_id), 9, 4) || '-' || substr(hex(activity_id), 13, 4) || '-' || substr(hex(activity_id), 17, 4) || '-' || substr(hex(activity_id), 21, 12)) AS activity_id,
    version,
    lower(hex(sha256)) AS sha256,
    sport,
    day,
    figures,
    load,
    load_basis,
    athlete,
    problem,
    strftime('%Y-%m-%dT%H:%M:%fZ', computed_at / 1000.0, 'unixepoch') AS computed_at
FROM activity_figures;

CREATE VIEW activity_bests_readable AS SELECT
    lower(substr(hex(activity_id), 1, 8) || '-' || substr(hex(activity_id), 9, 4) || '-' || substr(hex(activity_id), 13, 4) || '-' || substr(hex(activity_id), 17, 4) || '-' || substr(hex(activity_id), 21, 12)) AS activity_id,
    kind,
    span,
    value,
    sport,
    strftime('%Y-%m-%dT%H:%M:%fZ', starts_at / 1000.0, 'unixepoch') AS starts_at,
    note
FROM activity_bests;
