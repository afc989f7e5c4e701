"""When people are told, and what: from looks to alerts, pure."""
