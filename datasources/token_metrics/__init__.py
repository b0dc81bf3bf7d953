"""Token Metrics: its wire format, how to page through it, and how its rows become records."""
