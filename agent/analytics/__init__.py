"""Measures: pure functions of NumPy arrays; rows are calendar days, oldest first, columns assets, NaN is no bar.

Every formula, window and rule for missing days is in docs/methodology.md. Nothing here reads a file, a clock or a
database.
"""
