"""Evaluation: frozen markets, cases with gold answers, models without a key, scores, and paired comparisons."""
