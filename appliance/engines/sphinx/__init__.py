"""The ears' words for the bundled profile: PocketSphinx, biased by the knowledge pack.

At pack-build time `build.build_assets` turns the documents into a pronunciation dictionary and a
language model; at run time `recogniser.SphinxRecogniser` listens with them.
"""
