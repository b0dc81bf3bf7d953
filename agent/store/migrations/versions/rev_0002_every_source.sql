CREATE TABLE new_source (
    source_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    attribution TEXT NOT NULL,
    url TEXT NOT NULL,
    licence TEXT NOT NULL,
    commercial_use BOOLEAN,
    CONSTRAINT pk_source PRIMARY KEY (source_id),
    CONSTRAINT uq_source_name UNIQUE (name)
);

INSERT INTO new_source (source_id, name, attribution, url, licence, commercial_use)
SELECT source_id, name, attribution, '', '', NULL
FROM source;

DROP TABLE source;

ALTER TABLE new_source RENAME TO source;

CREATE TABLE new_asset (
    asset_id INTEGER NOT NULL,
    symbol TEXT COLLATE "NOCASE" NOT NULL,
    name TEXT COLLATE "NOCASE" NOT NULL,
    slug TEXT,
    rank INTEGER,
    categories TEXT NOT NULL,
    kind TEXT NOT NULL,
    underlying_id INTEGER,
    inactive BOOLEAN NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    CONSTRAINT pk_asset PRIMARY KEY (asset_id),
    CONSTRAINT ck_asset_rank CHECK (rank > 0),
    CONSTRAINT ck_asset_kind CHECK (kind IN ('coin', 'stablecoin', 'wrapped', 'bridged', 'staked')),
    CONSTRAINT fk_asset_underlying_id FOREIGN KEY(underlying_id) REFERENCES asset (asset_id)
);

INSERT INTO new_asset (asset_id, symbol, name, slug, rank, categories, kind, underlying_id, inactive, first_seen_at, last_seen_at)
SELECT asset_id, symbol, name, slug, rank, categories, 'coin', NULL, 0, first_seen_at, last_seen_at
FROM asset;

DROP TABLE asset;

ALTER TABLE new_asset RENAME TO asset;

CREATE TABLE new_asset_ref (
    source_id INTEGER NOT NULL,
    provider_id TEXT NOT NULL,
    asset_id INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    doubt TEXT,
    linked_at INTEGER NOT NULL,
    CONSTRAINT pk_asset_ref PRIMARY KEY (source_id, provider_id),
    CONSTRAINT fk_asset_ref_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_asset_ref_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
);

INSERT INTO new_asset_ref (source_id, provider_id, asset_id, evidence, doubt, linked_at)
SELECT source_id, provider_id, asset_id, 'new', NULL, (SELECT first_seen_at FROM asset WHERE asset.asset_id = asset_ref.asset_id)
FROM asset_ref;

DROP TABLE asset_ref;

ALTER TABLE new_asset_ref RENAME TO asset_ref;

CREATE TABLE new_bar_daily (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    open_usd REAL,
    high_usd REAL,
    low_usd REAL,
    close_usd REAL NOT NULL,
    volume_usd REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_bar_daily PRIMARY KEY (day, source_id, asset_id),
    CONSTRAINT ck_bar_daily_prices CHECK (open_usd >= 0 AND high_usd >= 0 AND low_usd >= 0 AND close_usd > 0),
    CONSTRAINT ck_bar_daily_finite CHECK (close_usd < 9e999 AND coalesce(max(open_usd, high_usd, low_usd), 0) < 9e999),
    CONSTRAINT ck_bar_daily_volume CHECK (volume_usd >= 0 AND volume_usd < 9e999),
    CONSTRAINT fk_bar_daily_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_bar_daily_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
)
 WITHOUT ROWID;

INSERT INTO new_bar_daily (day, source_id, asset_id, open_usd, high_usd, low_usd, close_usd, volume_usd, fetched_at)
SELECT day, source_id, asset_id, open_usd, high_usd, low_usd, close_usd, volume_usd, fetched_at
FROM bar_daily;

DROP TABLE bar_daily;

ALTER TABLE new_bar_daily RENAME TO bar_daily;

CREATE TABLE new_bar_hourly (
    hour INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    open_usd REAL,
    high_usd REAL,
    low_usd REAL,
    close_usd REAL NOT NULL,
    volume_usd REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_bar_hourly PRIMARY KEY (hour, source_id, asset_id),
    CONSTRAINT ck_bar_hourly_prices CHECK (open_usd >= 0 AND high_usd >= 0 AND low_usd >= 0 AND close_usd > 0),
    CONSTRAINT ck_bar_hourly_finite CHECK (close_usd < 9e999 AND coalesce(max(open_usd, high_usd, low_usd), 0) < 9e999),
    CONSTRAINT ck_bar_hourly_volume CHECK (volume_usd >= 0 AND volume_usd < 9e999),
    CONSTRAINT fk_bar_hourly_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_bar_hourly_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
)
 WITHOUT ROWID;

INSERT INTO new_bar_hourly (hour, source_id, asset_id, open_usd, high_usd, low_usd, close_usd, volume_usd, fetched_at)
SELECT hour, source_id, asset_id, open_usd, high_usd, low_usd, close_usd, volume_usd, fetched_at
FROM bar_hourly;

DROP TABLE bar_hourly;

ALTER TABLE new_bar_hourly RENAME TO bar_hourly;

CREATE TABLE new_bar_revision (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    open_usd REAL,
    high_usd REAL,
    low_usd REAL,
    close_usd REAL NOT NULL,
    volume_usd REAL,
    fetched_at INTEGER NOT NULL,
    superseded_at INTEGER NOT NULL,
    CONSTRAINT pk_bar_revision PRIMARY KEY (day, source_id, asset_id, superseded_at),
    CONSTRAINT ck_bar_revision_prices CHECK (open_usd >= 0 AND high_usd >= 0 AND low_usd >= 0 AND close_usd > 0),
    CONSTRAINT ck_bar_revision_finite CHECK (close_usd < 9e999 AND coalesce(max(open_usd, high_usd, low_usd), 0) < 9e999),
    CONSTRAINT ck_bar_revision_volume CHECK (volume_usd >= 0 AND volume_usd < 9e999),
    CONSTRAINT fk_bar_revision_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_bar_revision_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
)
 WITHOUT ROWID;

INSERT INTO new_bar_revision (day, source_id, asset_id, open_usd, high_usd, low_usd, close_usd, volume_usd, fetched_at, superseded_at)
SELECT day, source_id, asset_id, open_usd, high_usd, low_usd, close_usd, volume_usd, fetched_at, superseded_at
FROM bar_revision;

DROP TABLE bar_revision;

ALTER TABLE new_bar_revision RENAME TO bar_revision;

CREATE TABLE new_collection_run (
    run_id INTEGER NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    status TEXT NOT NULL,
    expected INTEGER,
    received INTEGER NOT NULL,
    written INTEGER NOT NULL,
    revised INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    error_class TEXT,
    error TEXT,
    watermark_day INTEGER,
    CONSTRAINT pk_collection_run PRIMARY KEY (run_id),
    CONSTRAINT ck_collection_run_status CHECK (status IN ('running', 'ok', 'partial', 'failed', 'rejected', 'deferred'))
);

INSERT INTO new_collection_run (run_id, source, kind, started_at, finished_at, status, expected, received, written, revised, quarantined, requests, error_class, error, watermark_day)
SELECT run_id, source, kind, started_at, finished_at, status, expected, received, written, revised, quarantined, requests, error_class, error, watermark_day
FROM collection_run;

DROP TABLE collection_run;

ALTER TABLE new_collection_run RENAME TO collection_run;

CREATE INDEX ix_asset_name ON asset (name);

CREATE INDEX ix_asset_slug ON asset (slug);

CREATE INDEX ix_asset_symbol ON asset (symbol);

CREATE TABLE asset_address (
    chain TEXT NOT NULL,
    address TEXT NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    CONSTRAINT pk_asset_address PRIMARY KEY (chain, address, source_id, asset_id),
    CONSTRAINT fk_asset_address_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_asset_address_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
)
 WITHOUT ROWID;

CREATE TABLE asset_alias (
    asset_id INTEGER NOT NULL,
    symbol TEXT COLLATE "NOCASE" NOT NULL,
    name TEXT COLLATE "NOCASE" NOT NULL,
    last_seen_at INTEGER NOT NULL,
    CONSTRAINT pk_asset_alias PRIMARY KEY (asset_id, symbol, name),
    CONSTRAINT fk_asset_alias_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
)
 WITHOUT ROWID;

CREATE INDEX ix_asset_ref_asset_id ON asset_ref (asset_id);

CREATE INDEX ix_bar_revision_asset_id_day ON bar_revision (asset_id, day);

CREATE INDEX ix_collection_run_source_kind_status ON collection_run (source, kind, status);

CREATE INDEX ix_collection_run_started_at ON collection_run (started_at);

CREATE TABLE credit_use (
    source TEXT NOT NULL,
    period_start INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reserved INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    CONSTRAINT pk_credit_use PRIMARY KEY (source, period_start, kind),
    CONSTRAINT ck_credit_use_amounts CHECK (spent >= 0 AND reserved >= spent)
);

CREATE TABLE host_state (
    host TEXT NOT NULL,
    failures INTEGER NOT NULL,
    opened_at INTEGER,
    CONSTRAINT pk_host_state PRIMARY KEY (host)
);

CREATE TABLE hourly_signal (
    hour INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    signal INTEGER NOT NULL,
    position INTEGER,
    close_usd REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_hourly_signal PRIMARY KEY (hour, source_id, asset_id),
    CONSTRAINT ck_hourly_signal_signal CHECK (signal IN (-1, 0, 1) AND position IN (-1, 0, 1)),
    CONSTRAINT fk_hourly_signal_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_hourly_signal_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
)
 WITHOUT ROWID;

CREATE TABLE index_fund (
    source_id INTEGER NOT NULL,
    provider_id TEXT NOT NULL,
    name TEXT NOT NULL,
    ticker TEXT,
    day INTEGER NOT NULL,
    active INTEGER,
    price_usd REAL,
    asset_count INTEGER,
    change_1d_pct REAL,
    change_7d_pct REAL,
    change_30d_pct REAL,
    change_all_time_pct REAL,
    market_cap_usd REAL,
    volume_usd REAL,
    grade REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_index_fund PRIMARY KEY (source_id, provider_id),
    CONSTRAINT fk_index_fund_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
)
 WITHOUT ROWID;

CREATE TABLE index_holding (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    index_id TEXT NOT NULL,
    asset_id INTEGER NOT NULL,
    weight_pct REAL NOT NULL,
    price_usd REAL,
    market_cap_usd REAL,
    return_fraction REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_index_holding PRIMARY KEY (day, source_id, index_id, asset_id),
    CONSTRAINT fk_index_holding_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_index_holding_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
)
 WITHOUT ROWID;

CREATE TABLE index_value (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    index_id TEXT NOT NULL,
    cumulative_return REAL NOT NULL,
    market_cap_usd REAL,
    volume_usd REAL,
    fdv_usd REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_index_value PRIMARY KEY (day, source_id, index_id),
    CONSTRAINT fk_index_value_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
)
 WITHOUT ROWID;

CREATE TABLE investor (
    source_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    website TEXT,
    twitter TEXT,
    round_count INTEGER,
    average_return REAL,
    median_return REAL,
    score REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_investor PRIMARY KEY (source_id, name),
    CONSTRAINT fk_investor_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
)
 WITHOUT ROWID;

CREATE TABLE metric_revision (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    asset_id INTEGER NOT NULL,
    unit TEXT NOT NULL,
    value REAL NOT NULL,
    fetched_at INTEGER NOT NULL,
    superseded_at INTEGER NOT NULL,
    CONSTRAINT pk_metric_revision PRIMARY KEY (day, source_id, name, asset_id, superseded_at),
    CONSTRAINT fk_metric_revision_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
)
 WITHOUT ROWID;

CREATE TABLE moonshot (
    source_id INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    name TEXT NOT NULL,
    picked_at INTEGER NOT NULL,
    ended_at INTEGER,
    return_fraction REAL,
    trader_grade REAL,
    market_cap_usd REAL,
    volume_usd REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_moonshot PRIMARY KEY (source_id, symbol, name, picked_at),
    CONSTRAINT fk_moonshot_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
)
 WITHOUT ROWID;

CREATE TABLE prediction (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    method TEXT NOT NULL,
    outcome TEXT NOT NULL,
    scenario REAL NOT NULL,
    horizon_days INTEGER NOT NULL,
    price_usd REAL NOT NULL,
    return_fraction REAL,
    market_cap_usd REAL,
    fdv_usd REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_prediction PRIMARY KEY (day, source_id, asset_id, method, outcome, scenario, horizon_days),
    CONSTRAINT fk_prediction_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_prediction_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
)
 WITHOUT ROWID;

CREATE TABLE report (
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    text TEXT NOT NULL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_report PRIMARY KEY (source_id, asset_id, name, sha256),
    CONSTRAINT fk_report_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_report_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
);
