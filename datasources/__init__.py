"""The outside world as typed, frozen records: one module per provider, no database, no model."""
