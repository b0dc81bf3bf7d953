"""Which asset is which: keys of many sources become one asset by ids and contracts, never by symbol or name."""
