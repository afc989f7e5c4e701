"""The edge: TLS, load balancing, health-based switching and a cache, in front of the portal's services."""
