"""The suite that pytest collects: one test function a stage, one item a check."""
