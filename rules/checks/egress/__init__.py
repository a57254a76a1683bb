"""Getting out in a fire."""
