CREATE TABLE activity_figures (
    activity_id UUID NOT NULL,
    version BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    sport TEXT NOT NULL,
    day DATE NOT NULL,
    figures JSONB NOT NULL,
    load DOUBLE PRECISION,
    load_basis TEXT,
    athlete JSONB,
    problem TEXT,
    computed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_activity_figures PRIMARY KEY (activity_id),
    CONSTRAINT ck_activity_figures_version_not_negative CHECK (version >= 0),
    CONSTRAINT ck_activity_figures_load_not_negative CHECK (load >= 0),
    CONSTRAINT ck_activity_figures_load_finite CHECK (load > '-Infinity' AND load < 'Infinity'),
    CONSTRAINT ck_activity_figures_figures_document CHECK (figures IS NULL OR jsonb_typeof(figures) = 'object'),
    CONSTRAINT ck_activity_figures_athlete_document CHECK (athlete IS NULL OR jsonb_typeof(athlete) = 'object'),
    CONSTRAINT ck_activity_figures_sport_known CHECK (sport IN ('running', 'cycling', 'swimming', 'walking', 'other')),
    CONSTRAINT ck_activity_figures_load_basis_known CHECK (load_basis IN ('power', 'pace', 'swim', 'heart_rate')),
    CONSTRAINT ck_activity_figures_sha256_length CHECK (length(sha256) = 32),
    CONSTRAINT ck_activity_figures_load_has_basis CHECK ((load IS NULL) = (load_basis IS NULL)),
    CONSTRAINT fk_activity_figures_activity_id FOREIGN KEY(activity_id) REFERENCES activities (id) ON DELETE CASCADE
);

CREATE INDEX ix_activity_figures_day ON activity_figures (day);

CREATE TABLE activity_bests (
    activity_id UUID NOT NULL,
    kind TEXT NOT NULL,
    span DOUBLE PRECISION NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    sport TEXT NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    note TEXT,
    CONSTRAINT pk_activity_bests PRIMARY KEY (activity_id, kind, span),
    CONSTRAINT ck_activity_bests_span_positive CHECK (span > 0),
    CONSTRAINT ck_activity_bests_value_positive CHECK (value > 0),
    CONSTRAINT ck_activity_bests_span_finite CHECK (span > '-Infinity' AND span < 'Infinity'),
    CONSTRAINT ck_activity_bests_value_finite CHECK (value > '-Infinity' AND value < 'Infinity'),
    CONSTRAINT ck_activity_bests_kind_known CHECK (kind IN ('distance', 'power')),
    CONSTRAINT ck_activity_bests_sport_known CHECK (sport IN ('running', 'cycling', 'swimming', 'walking', 'other')),
    CONSTRAINT ck_activity_bests_note_known CHECK (note IN ('downhill', 'indoor', 'suspect')),
    CONSTRAINT fk_activity_bests_activity_id FOREIGN KEY(activity_id) REFERENCES activities (id) ON DELETE CASCADE
);

CREATE INDEX ix_activity_bests_sport_kind_span_value ON activity_bests (sport, kind, span, value);

CREATE VIEW activity_figures_readable AS SELECT
    activity_id::text AS activity_id,
    version,
    encode(sha256, 'hex') AS sha256,
    sport,
    day,
    figures,
    load,
    load_basis,
    athlete,
    problem,
    to_char(computed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS computed_at
FROM activity_figures;

CREATE VIEW activity_bests_readable AS SELECT
    activity_id::text AS activity_id,
    kind,
    span,
    value,
    sport,
    to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS starts_at,
    note
FROM activity_bests;
