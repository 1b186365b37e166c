"""Fuzzing of every reader: `make fuzz`, and in short in `tests/test_trust_inputs.py`.

`readers` holds what reads and what has to hold of it, `structured` makes inputs that are nearly
right (hypothesis), `guided` mutates bytes towards new branches (atheris, Linux only).
"""
