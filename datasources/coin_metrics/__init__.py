"""Coin Metrics' community API: on-chain metrics of the assets its catalogue gives away, by day."""
