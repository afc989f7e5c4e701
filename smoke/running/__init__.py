"""One session over the suite: options and files become runs, runs make checks, checks leave findings."""
