"""The model store: which models there are, how they get here, whether they are still the same.

`manifest`, `lock`, `judge` and `place` only think; `partial`, `store`, `pull` and `verify` touch
the disk; `remote` is the one module of this program that can open a connection, and only
`appliance models pull` loads it.
"""
