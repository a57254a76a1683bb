"""What happens to a file with no person present: read, split, render, check, compare, record."""
