"""What is known, as facts with the way back to their rows: one module a subject."""
