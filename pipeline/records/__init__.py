"""Facts in the database: what exists and what machines found. Deeds of people live in `api`."""
