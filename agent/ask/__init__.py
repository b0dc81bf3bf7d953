"""Answering questions from the stored data: typed read-only tools, a question grammar, a bounded model loop."""
