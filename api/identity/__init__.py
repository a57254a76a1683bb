"""Who people are: organisations, persons, sessions."""
