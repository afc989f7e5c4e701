"""Look at a running site and write the environment file that verifies it (`smoke init`)."""
