"""One module a promise; the listing of this directory is the list of what Smokegate checks."""
