"""The command line: one file per group of commands, thin, with heavy imports inside the commands."""
