"""What may be said of the facts, where, and how much it matters: one module a section or subject."""
