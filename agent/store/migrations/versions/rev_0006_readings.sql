CREATE TABLE report_reading (
    sha256 TEXT NOT NULL,
    model TEXT NOT NULL,
    state TEXT NOT NULL,
    topics TEXT NOT NULL,
    sentiment TEXT,
    asset_ids TEXT NOT NULL,
    days TEXT NOT NULL,
    quotes TEXT NOT NULL,
    prompt_sha256 TEXT NOT NULL,
    read_at INTEGER NOT NULL,
    CONSTRAINT pk_report_reading PRIMARY KEY (sha256, model),
    CONSTRAINT ck_report_reading_state CHECK (state IN ('read', 'unreadable')),
    CONSTRAINT ck_report_reading_sentiment CHECK ((state = 'read') = (sentiment IS NOT NULL))
);
