"""Peers: other tools at the same task in the same run, by `scripts/peers`.  An absent one is said to be absent.

`tools` runs them; `side_by_side` and `bars_table` hold our figures against theirs.  `matchering_run` and `visqol_run`
run inside build/peers-venv, which our own code never sees.
"""
