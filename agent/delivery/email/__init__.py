"""E-mail: the message as bytes, and the SMTP conversation that hands it over."""
