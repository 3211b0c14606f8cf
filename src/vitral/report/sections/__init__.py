"""The sections of a run's page; each function returns None where the run has nothing to show for it."""
