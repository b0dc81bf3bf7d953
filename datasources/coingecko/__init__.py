"""CoinGecko: which calls a query takes, how its rows become records, and what its failures mean."""
