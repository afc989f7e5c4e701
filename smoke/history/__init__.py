"""What was seen, and what was told, from one run to the next: SQLite by default, PostgreSQL by a URL."""
