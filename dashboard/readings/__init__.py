"""What each page shows, read from the store in one go and measured by `agent.analytics`: frozen records."""
