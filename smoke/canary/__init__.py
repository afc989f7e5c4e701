"""The canary: the same checks every fifteen minutes, between deploys and after them."""
