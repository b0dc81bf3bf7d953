"""Signals: what each one is, what it is read from, and the scan that looks for all of them."""
