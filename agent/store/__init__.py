"""The memory: one SQLite file, a repository per subject, frozen rows in and out.

Import what you need from its modules; nothing is imported here, so that naming the package costs nothing.
"""
