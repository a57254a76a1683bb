"""As-built drawings."""
