"""Guard rails and heights."""
