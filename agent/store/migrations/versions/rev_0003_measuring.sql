ALTER TABLE signal RENAME TO signal_before;

CREATE TABLE signal (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    sector TEXT NOT NULL,
    name TEXT NOT NULL,
    direction INTEGER NOT NULL,
    value REAL,
    expires_on INTEGER,
    confidence REAL,
    sample_size INTEGER,
    proven INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    computed_at INTEGER NOT NULL,
    CONSTRAINT pk_signal PRIMARY KEY (day, source_id, asset_id, sector, name),
    CONSTRAINT ck_signal_direction CHECK (direction IN (-1, 0, 1)),
    CONSTRAINT ck_signal_subject CHECK (asset_id >= 0 AND (asset_id = 0 OR sector = '')),
    CONSTRAINT ck_signal_confidence CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT ck_signal_proven CHECK (proven IN (0, 1)),
    CONSTRAINT fk_signal_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
)
 WITHOUT ROWID;

INSERT INTO signal
SELECT day, source_id, asset_id, '', name, direction, value, NULL, NULL, NULL, 0, evidence, computed_at
FROM signal_before;

DROP TABLE signal_before;

CREATE TABLE own_grade_day (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    asset_ids BLOB NOT NULL,
    short_term BLOB NOT NULL,
    long_term BLOB NOT NULL,
    part_names TEXT NOT NULL,
    parts BLOB NOT NULL,
    computed_at INTEGER NOT NULL,
    CONSTRAINT pk_own_grade_day PRIMARY KEY (day, source_id),
    CONSTRAINT fk_own_grade_day_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
);

CREATE TABLE scan_state (
    source_id INTEGER NOT NULL,
    day INTEGER NOT NULL,
    anchor_day INTEGER NOT NULL,
    payload BLOB NOT NULL,
    computed_at INTEGER NOT NULL,
    CONSTRAINT pk_scan_state PRIMARY KEY (source_id, day),
    CONSTRAINT fk_scan_state_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
);

CREATE TABLE track_record (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    horizon_days INTEGER NOT NULL,
    score TEXT NOT NULL,
    computed_at INTEGER NOT NULL,
    CONSTRAINT pk_track_record PRIMARY KEY (day, source_id, name, horizon_days),
    CONSTRAINT ck_track_record_horizon CHECK (horizon_days > 0),
    CONSTRAINT fk_track_record_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
)
 WITHOUT ROWID;

CREATE TABLE index_rule (
    name TEXT NOT NULL,
    rule TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT pk_index_rule PRIMARY KEY (name)
)
 WITHOUT ROWID;

CREATE TABLE target_weight (
    portfolio_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    weight FLOAT NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT pk_target_weight PRIMARY KEY (portfolio_id, asset_id),
    CONSTRAINT ck_target_weight_weight CHECK (weight > 0 AND weight <= 1),
    CONSTRAINT fk_target_weight_portfolio_id FOREIGN KEY(portfolio_id) REFERENCES portfolio (portfolio_id),
    CONSTRAINT fk_target_weight_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
);
