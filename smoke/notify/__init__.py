"""Tell people of deploys: who is told what, in which thread, by which way. None of it ever touches a verdict."""
