"""The appliance's command line; the recipe puts the environment's interpreter on top."""

from appliance.__main__ import main

main()
