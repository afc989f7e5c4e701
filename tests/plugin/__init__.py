"""The pytest surface, tested through real sessions against a small real site."""
