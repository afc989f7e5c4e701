"""Prime, deploy, verify, and roll back once where the release is at fault: one deployment, one report."""
