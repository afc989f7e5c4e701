"""The verdict in every form that a person or a tool reads: one module for each."""
