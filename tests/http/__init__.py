"""Tests of the HTTP client, against real sockets."""
