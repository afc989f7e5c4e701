"""The record of a run as it is made: its directory, its events, and the verdict so far."""
