"""What to watch, when, for whom and with which keys: typed settings and the commented default file."""
