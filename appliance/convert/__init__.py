"""Converting models for the NPU with Rockchip's toolkits, which run in an environment of their own.

`toolkits` is what is known of them, `job` checks what to convert, `environment` makes and opens
the toolkit's environment, `driver` is the program that runs in it, `program` starts programs and
ends them, `convert` brings it together, `note` says how a model was made.
"""
