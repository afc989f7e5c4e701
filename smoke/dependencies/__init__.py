"""Third parties and stores that a system depends on, asked directly."""
