"""Accuracy: every fault of the embedded stack, with many seeds, judged by us and by what people use today."""
