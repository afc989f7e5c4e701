"""The portal's pages: an HTML shell and hashed scripts that draw everything else in the browser."""
