"""The pages in the browser: they show what is stored, never compute and never fetch."""
