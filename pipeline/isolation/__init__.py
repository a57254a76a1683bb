"""Foreign files are opened only here: in a locked child of a pre-forked process, with limits.

`run(station, files, args, limits)` is the whole of it; see sandbox.py for the parent's side, child.py for
what a child gives up, limits.py for the numbers.
"""
