"""Asking a language model: the port, its errors, the Chat Completions adapter and the prompts."""
