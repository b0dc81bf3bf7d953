"""Scorecard: what happened after signals and grades, against the market and Bitcoin, with honest intervals."""
