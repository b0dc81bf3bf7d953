CREATE TABLE note (
    note_id INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_note PRIMARY KEY (note_id)
);

CREATE TABLE passage (
    passage_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    source_kind TEXT NOT NULL,
    document_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    source TEXT NOT NULL,
    day INTEGER NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    indexed_at INTEGER NOT NULL,
    CONSTRAINT uq_passage_source_kind_document_id_place UNIQUE (source_kind, document_id, place),
    CONSTRAINT ck_passage_source_kind CHECK (source_kind IN ('briefing', 'report', 'note', 'description')),
    CONSTRAINT ck_passage_place CHECK (place >= 0)
);

CREATE INDEX ix_passage_sha256 ON passage (sha256);

CREATE TABLE passage_vector (
    model TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    dimensions INTEGER NOT NULL,
    vector BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    CONSTRAINT pk_passage_vector PRIMARY KEY (model, sha256),
    CONSTRAINT ck_passage_vector_vector CHECK (dimensions > 0 AND length(vector) = 4 * dimensions)
);
