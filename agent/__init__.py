"""The service: remember, measure, claim, write, verify, deliver."""
