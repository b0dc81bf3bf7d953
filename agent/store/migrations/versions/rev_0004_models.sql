ALTER TABLE llm_call RENAME TO llm_call_before;

DROP INDEX ix_llm_call_called_at;

DROP INDEX ix_llm_call_document_id;

CREATE TABLE llm_call (
    call_id INTEGER NOT NULL,
    document_id TEXT,
    run_id TEXT,
    purpose TEXT NOT NULL,
    model TEXT NOT NULL,
    host TEXT NOT NULL,
    wire TEXT NOT NULL,
    output_format TEXT NOT NULL,
    prompt_sha256 TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    cached INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    latency_s FLOAT NOT NULL,
    cost_usd TEXT,
    outcome TEXT NOT NULL,
    request_id TEXT,
    called_at INTEGER NOT NULL,
    CONSTRAINT pk_llm_call PRIMARY KEY (call_id),
    CONSTRAINT ck_llm_call_estimated CHECK (estimated IN (0, 1)),
    CONSTRAINT ck_llm_call_cached CHECK (cached IN (0, 1))
);

INSERT INTO llm_call
SELECT call_id, document_id, NULL, purpose, model, host, 'chat', '', prompt_sha256, input_tokens, output_tokens,
    cached_tokens, 0, 0, 0, 0, latency_s, cost_usd, outcome, request_id, called_at
FROM llm_call_before;

CREATE INDEX ix_llm_call_called_at ON llm_call (called_at);

CREATE INDEX ix_llm_call_document_id ON llm_call (document_id);

CREATE TABLE llm_reservation (
    reservation_id TEXT NOT NULL,
    run_id TEXT,
    purpose TEXT NOT NULL,
    model TEXT NOT NULL,
    input_bytes INTEGER NOT NULL,
    reserved_usd TEXT,
    reserved_tokens INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    settled_at INTEGER,
    spent_usd TEXT,
    spent_tokens INTEGER,
    input_tokens INTEGER,
    CONSTRAINT pk_llm_reservation PRIMARY KEY (reservation_id),
    CONSTRAINT ck_llm_reservation_reserved_tokens CHECK (reserved_tokens >= 0),
    CONSTRAINT ck_llm_reservation_settled CHECK ((settled_at IS NULL) = (spent_tokens IS NULL))
);

INSERT INTO llm_reservation
SELECT 'call-' || call_id, NULL, purpose, model, 0, cost_usd, input_tokens + output_tokens, called_at, called_at,
    cost_usd, input_tokens + output_tokens, NULL
FROM llm_call_before;

DROP TABLE llm_call_before;

CREATE INDEX ix_llm_reservation_made_at ON llm_reservation (made_at);

CREATE INDEX ix_llm_reservation_run_id ON llm_reservation (run_id);

CREATE TABLE llm_cache (
    "key" TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    model TEXT NOT NULL,
    response TEXT NOT NULL,
    usage TEXT NOT NULL,
    CONSTRAINT pk_llm_cache PRIMARY KEY ("key")
);

CREATE INDEX ix_llm_cache_expires_at ON llm_cache (expires_at);

CREATE TABLE llm_endpoint (
    host TEXT NOT NULL,
    model TEXT NOT NULL,
    wire TEXT NOT NULL,
    profile TEXT,
    probed_at INTEGER,
    breaker TEXT,
    CONSTRAINT pk_llm_endpoint PRIMARY KEY (host, model, wire)
);

CREATE TABLE llm_batch (
    batch_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    host TEXT NOT NULL,
    model TEXT NOT NULL,
    reservation_id TEXT,
    items TEXT NOT NULL,
    submitted_at INTEGER NOT NULL,
    finished_at INTEGER,
    state TEXT NOT NULL,
    CONSTRAINT pk_llm_batch PRIMARY KEY (batch_id),
    CONSTRAINT ck_llm_batch_state CHECK (state IN ('sent', 'done', 'failed'))
);
