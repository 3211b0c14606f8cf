"""Programs for those who work on Vitral; nothing of this is installed."""
