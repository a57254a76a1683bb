"""Drawing quality."""
