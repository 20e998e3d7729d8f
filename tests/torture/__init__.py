"""The real program, many of it at once, killed again and again: what must be true afterwards.

`python -m tests.torture` is the long form; `test_torture.py` runs a short one.
"""
