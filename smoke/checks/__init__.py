"""
One module a promise; the listing of this directory is the list of what Smokegate checks.

What begins with an underscore is no promise but what several of them are made of.
"""
