"""The reading side of docs/claims.md: from words to assertions, knowing nothing of how the words were made."""
