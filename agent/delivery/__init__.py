"""Bring a published briefing to its readers: channels, and the outbox that decides when and whether to send."""
