"""The sub-commands, each run as a process of its own."""
