"""What somebody holds: reads a CSV of holdings and finds the asset each line means, or says why it cannot."""
