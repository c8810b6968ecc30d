#!@HOME@/bin/python3
"""The appliance's command line, in its own environment."""

from appliance.__main__ import main

main()
