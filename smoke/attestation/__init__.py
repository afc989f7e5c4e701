"""The signed statement about a verdict: an in-toto test result in a DSSE envelope, beside the verdict."""
