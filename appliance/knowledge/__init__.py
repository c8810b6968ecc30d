"""The owner's documents: built into a pack, searched, quoted, and measured by golden questions.

Build: `build.build_pack`. Ask: `pack.Pack`, `retrieve.PackRetriever`, `reader.answer`.
Measure: `evaluate.evaluate`. Nothing here needs a network or a model.
"""
