CREATE TABLE answer (
    answer_id TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    question TEXT NOT NULL,
    document TEXT NOT NULL,
    CONSTRAINT pk_answer PRIMARY KEY (answer_id)
);

CREATE INDEX ix_answer_asked_at ON answer (asked_at);

CREATE TABLE asset (
    asset_id INTEGER NOT NULL,
    symbol TEXT COLLATE "NOCASE" NOT NULL,
    name TEXT COLLATE "NOCASE" NOT NULL,
    slug TEXT,
    rank INTEGER,
    categories TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    CONSTRAINT pk_asset PRIMARY KEY (asset_id),
    CONSTRAINT ck_asset_rank CHECK (rank > 0)
);

CREATE INDEX ix_asset_name ON asset (name);

CREATE INDEX ix_asset_symbol ON asset (symbol);

CREATE TABLE collection_run (
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
    CONSTRAINT ck_collection_run_status CHECK (status IN ('running', 'ok', 'partial', 'failed'))
);

CREATE INDEX ix_collection_run_started_at ON collection_run (started_at);

CREATE TABLE fact (
    document_id TEXT NOT NULL,
    fact_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    metric TEXT NOT NULL,
    payload TEXT NOT NULL,
    CONSTRAINT pk_fact PRIMARY KEY (document_id, fact_id)
);

CREATE INDEX ix_fact_fact_id ON fact (fact_id);

CREATE TABLE llm_call (
    call_id INTEGER NOT NULL,
    document_id TEXT,
    purpose TEXT NOT NULL,
    model TEXT NOT NULL,
    host TEXT NOT NULL,
    prompt_sha256 TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    latency_s FLOAT NOT NULL,
    cost_usd TEXT,
    outcome TEXT NOT NULL,
    request_id TEXT,
    called_at INTEGER NOT NULL,
    CONSTRAINT pk_llm_call PRIMARY KEY (call_id)
);

CREATE INDEX ix_llm_call_called_at ON llm_call (called_at);

CREATE INDEX ix_llm_call_document_id ON llm_call (document_id);

CREATE TABLE portfolio (
    portfolio_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT pk_portfolio PRIMARY KEY (portfolio_id),
    CONSTRAINT ck_portfolio_name CHECK (name <> ''),
    CONSTRAINT uq_portfolio_name UNIQUE (name)
);

CREATE TABLE schedule_slot (
    schedule TEXT NOT NULL,
    slot INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    lease_until INTEGER,
    lease_token TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    error TEXT,
    CONSTRAINT pk_schedule_slot PRIMARY KEY (schedule, slot),
    CONSTRAINT ck_schedule_slot_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'skipped'))
);

CREATE TABLE source (
    source_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    attribution TEXT NOT NULL,
    CONSTRAINT pk_source PRIMARY KEY (source_id),
    CONSTRAINT uq_source_name UNIQUE (name)
);

CREATE TABLE asset_ref (
    source_id INTEGER NOT NULL,
    provider_id TEXT NOT NULL,
    asset_id INTEGER NOT NULL,
    CONSTRAINT pk_asset_ref PRIMARY KEY (source_id, provider_id),
    CONSTRAINT fk_asset_ref_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_asset_ref_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
);

CREATE INDEX ix_asset_ref_asset_id ON asset_ref (asset_id);

CREATE TABLE bar_daily (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    open_usd REAL NOT NULL,
    high_usd REAL NOT NULL,
    low_usd REAL NOT NULL,
    close_usd REAL NOT NULL,
    volume_usd REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_bar_daily PRIMARY KEY (day, source_id, asset_id),
    CONSTRAINT ck_bar_daily_prices CHECK (open_usd >= 0 AND high_usd >= 0 AND low_usd >= 0 AND close_usd > 0),
    CONSTRAINT ck_bar_daily_finite CHECK (max(open_usd, high_usd, low_usd, close_usd) < 9e999),
    CONSTRAINT ck_bar_daily_volume CHECK (volume_usd >= 0 AND volume_usd < 9e999),
    CONSTRAINT fk_bar_daily_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_bar_daily_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
) WITHOUT ROWID;

CREATE TABLE bar_day_columns (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    asset_ids BLOB NOT NULL,
    close BLOB NOT NULL,
    volume BLOB NOT NULL,
    high BLOB NOT NULL,
    low BLOB NOT NULL,
    open BLOB NOT NULL,
    CONSTRAINT pk_bar_day_columns PRIMARY KEY (day, source_id),
    CONSTRAINT fk_bar_day_columns_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
);

CREATE TABLE bar_gap (
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    first_day INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    reason TEXT NOT NULL,
    checked_at INTEGER NOT NULL,
    CONSTRAINT pk_bar_gap PRIMARY KEY (source_id, asset_id, first_day),
    CONSTRAINT ck_bar_gap_order CHECK (last_day >= first_day),
    CONSTRAINT fk_bar_gap_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_bar_gap_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
) WITHOUT ROWID;

CREATE TABLE bar_hourly (
    hour INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    open_usd REAL NOT NULL,
    high_usd REAL NOT NULL,
    low_usd REAL NOT NULL,
    close_usd REAL NOT NULL,
    volume_usd REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_bar_hourly PRIMARY KEY (hour, source_id, asset_id),
    CONSTRAINT ck_bar_hourly_prices CHECK (open_usd >= 0 AND high_usd >= 0 AND low_usd >= 0 AND close_usd > 0),
    CONSTRAINT ck_bar_hourly_finite CHECK (max(open_usd, high_usd, low_usd, close_usd) < 9e999),
    CONSTRAINT ck_bar_hourly_volume CHECK (volume_usd >= 0 AND volume_usd < 9e999),
    CONSTRAINT fk_bar_hourly_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_bar_hourly_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
) WITHOUT ROWID;

CREATE TABLE bar_revision (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    open_usd REAL NOT NULL,
    high_usd REAL NOT NULL,
    low_usd REAL NOT NULL,
    close_usd REAL NOT NULL,
    volume_usd REAL,
    fetched_at INTEGER NOT NULL,
    superseded_at INTEGER NOT NULL,
    CONSTRAINT pk_bar_revision PRIMARY KEY (day, source_id, asset_id, superseded_at),
    CONSTRAINT ck_bar_revision_prices CHECK (open_usd >= 0 AND high_usd >= 0 AND low_usd >= 0 AND close_usd > 0),
    CONSTRAINT ck_bar_revision_finite CHECK (max(open_usd, high_usd, low_usd, close_usd) < 9e999),
    CONSTRAINT ck_bar_revision_volume CHECK (volume_usd >= 0 AND volume_usd < 9e999),
    CONSTRAINT fk_bar_revision_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_bar_revision_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
) WITHOUT ROWID;

CREATE INDEX ix_bar_revision_asset_id_day ON bar_revision (asset_id, day);

CREATE TABLE briefing (
    briefing_id TEXT NOT NULL,
    portfolio_id INTEGER NOT NULL,
    day INTEGER NOT NULL,
    edition TEXT NOT NULL,
    revision INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    writer TEXT NOT NULL,
    step TEXT NOT NULL,
    model TEXT,
    prompt_sha256 TEXT,
    verifier_version TEXT NOT NULL,
    snapshot_sha256 TEXT NOT NULL,
    document TEXT NOT NULL,
    report TEXT NOT NULL,
    CONSTRAINT pk_briefing PRIMARY KEY (briefing_id),
    CONSTRAINT uq_briefing_portfolio_id_day_edition_revision UNIQUE (portfolio_id, day, edition, revision),
    CONSTRAINT uq_briefing_portfolio_id_day_edition_snapshot_sha256 UNIQUE (portfolio_id, day, edition, snapshot_sha256),
    CONSTRAINT ck_briefing_revision CHECK (revision > 0),
    CONSTRAINT fk_briefing_portfolio_id FOREIGN KEY(portfolio_id) REFERENCES portfolio (portfolio_id)
);

CREATE TABLE correlation_peer (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    other_name TEXT NOT NULL,
    correlation REAL NOT NULL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_correlation_peer PRIMARY KEY (day, source_id, asset_id, other_name),
    CONSTRAINT ck_correlation_peer_correlation CHECK (correlation BETWEEN -1 AND 1),
    CONSTRAINT fk_correlation_peer_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_correlation_peer_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
) WITHOUT ROWID;

CREATE TABLE grade (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    asset_id INTEGER NOT NULL,
    value REAL NOT NULL,
    change_pct REAL,
    label TEXT,
    parts TEXT NOT NULL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_grade PRIMARY KEY (day, source_id, kind, asset_id),
    CONSTRAINT ck_grade_value CHECK (value BETWEEN 0 AND 100),
    CONSTRAINT fk_grade_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_grade_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
) WITHOUT ROWID;

CREATE TABLE holding (
    portfolio_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    amount TEXT NOT NULL,
    cost_usd TEXT,
    updated_at INTEGER NOT NULL,
    CONSTRAINT pk_holding PRIMARY KEY (portfolio_id, asset_id),
    CONSTRAINT fk_holding_portfolio_id FOREIGN KEY(portfolio_id) REFERENCES portfolio (portfolio_id),
    CONSTRAINT fk_holding_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
);

CREATE TABLE level (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    level_usd REAL NOT NULL,
    formed_on INTEGER,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_level PRIMARY KEY (day, source_id, asset_id, level_usd),
    CONSTRAINT ck_level_level CHECK (level_usd > 0 AND level_usd < 9e999),
    CONSTRAINT fk_level_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_level_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
) WITHOUT ROWID;

CREATE TABLE metric (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    asset_id INTEGER NOT NULL,
    unit TEXT NOT NULL,
    value REAL NOT NULL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_metric PRIMARY KEY (day, source_id, name, asset_id),
    CONSTRAINT ck_metric_asset CHECK (asset_id >= 0),
    CONSTRAINT fk_metric_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
) WITHOUT ROWID;

CREATE TABLE quarantine (
    quarantine_id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    raw TEXT NOT NULL,
    row_sha256 TEXT NOT NULL,
    seen_count INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    CONSTRAINT pk_quarantine PRIMARY KEY (quarantine_id),
    CONSTRAINT uq_quarantine_source_kind_row_sha256 UNIQUE (source, kind, row_sha256),
    CONSTRAINT fk_quarantine_run_id FOREIGN KEY(run_id) REFERENCES collection_run (run_id)
);

CREATE INDEX ix_quarantine_run_id ON quarantine (run_id);

CREATE TABLE quote (
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    price_usd TEXT NOT NULL,
    quoted_at INTEGER NOT NULL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_quote PRIMARY KEY (source_id, asset_id),
    CONSTRAINT fk_quote_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_quote_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
) WITHOUT ROWID;

CREATE TABLE signal (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    direction INTEGER NOT NULL,
    value REAL,
    evidence TEXT NOT NULL,
    computed_at INTEGER NOT NULL,
    CONSTRAINT pk_signal PRIMARY KEY (day, source_id, asset_id, name),
    CONSTRAINT ck_signal_direction CHECK (direction IN (-1, 0, 1)),
    CONSTRAINT fk_signal_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_signal_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
) WITHOUT ROWID;

CREATE TABLE trading_signal (
    day INTEGER NOT NULL,
    source_id INTEGER NOT NULL,
    asset_id INTEGER NOT NULL,
    signal INTEGER NOT NULL,
    trend INTEGER,
    strategy_return REAL,
    holding_return REAL,
    fetched_at INTEGER NOT NULL,
    CONSTRAINT pk_trading_signal PRIMARY KEY (day, source_id, asset_id),
    CONSTRAINT ck_trading_signal_signal CHECK (signal IN (-1, 0, 1)),
    CONSTRAINT fk_trading_signal_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
    CONSTRAINT fk_trading_signal_asset_id FOREIGN KEY(asset_id) REFERENCES asset (asset_id)
) WITHOUT ROWID;

CREATE TABLE outbox (
    outbox_id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    briefing_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message_id TEXT NOT NULL,
    payload BLOB NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    lease_until INTEGER,
    lease_token TEXT,
    phase_at INTEGER NOT NULL,
    next_at INTEGER,
    error TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    CONSTRAINT pk_outbox PRIMARY KEY (outbox_id),
    CONSTRAINT ck_outbox_state CHECK (state IN ('ready', 'claimed', 'sending', 'sent', 'deferred', 'dead', 'in_doubt')),
    CONSTRAINT uq_outbox_key UNIQUE ("key"),
    CONSTRAINT fk_outbox_briefing_id FOREIGN KEY(briefing_id) REFERENCES briefing (briefing_id)
);

CREATE INDEX ix_outbox_briefing_id ON outbox (briefing_id);

CREATE INDEX ix_outbox_state_next_at ON outbox (state, next_at);
