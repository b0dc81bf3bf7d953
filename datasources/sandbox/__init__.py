"""A market to run on without any provider: invented or replayed, served over real HTTP in the providers' formats."""
