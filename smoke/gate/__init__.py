"""May this release be promoted? A verdict file is obeyed only if it is whole, fresh and about that very release."""
