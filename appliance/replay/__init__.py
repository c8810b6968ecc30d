"""Draws a turn out of a trace: what was heard, judged and said, on one axis of time."""
