"""Commands that need no model: whole sentences, recognised by templates.

`intents.Intents` tells whether a text is a command; the templates are `phrases/<language>.yaml`, in
Home Assistant's format. Anything that is not wholly a command is a question for the documents.
"""
