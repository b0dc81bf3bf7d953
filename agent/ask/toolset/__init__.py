"""The typed, read-only tools of a question: each reads what it needs and returns claims, never prose."""
