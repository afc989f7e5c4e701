"""The browser as journeys use it: found, guarded, watched, and its evidence scrubbed of secrets."""
