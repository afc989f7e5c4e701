"""Who does the same job: one module each, with a function that returns its `Contender`."""
