"""Words that people use for one another when they ask about things. Data only; see `synonyms`.

`_` joins the words of a phrase. A word may stand in several lines: it is related to all words of
those lines, but they are not related to one another through it.
"""

from __future__ import annotations

_STOP = (
    "a an the this that these those there here it its i me my mine we us our you your he she they "
    "them their is are was were be been being am do does did doing done have has had having will "
    "would can could shall should may might must of to in on at by for from with without into onto "
    "about as and or but if then than so what which who whom whose when where why how any some all "
    "no not dont doesnt didnt cant cannot isnt arent wont im ive id its thats whats hows wheres "
    "please tell say know let just also very too really much many more most lot ok okay hey "
    "want wants need needs like s t ll re ve d m up out off over again one ones 1 someone "
    "something anything thing things stuff kind sort way ever now actually exactly mine "
    "get gets got getting go goes going come comes wanna gonna gotta theres hasnt havent wouldnt "
    "couldnt shouldnt wasnt werent because though although maybe perhaps still yet already "
    "came went gone coming going else such both either neither per via few little bit quite rather "
    "pretty totally completely during while around through against even only whole other another "
    "same own every each uh um er erm hm hmm mhm ah oh"
)
STOP = frozenset(_STOP.split())
"""Words that say nothing of the topic."""

_LIGHT = (
    "use using used make makes making work works working machine device appliance unit product "
    "system box set take takes taking give put keep happen right correct correctly properly "
    "proper best good bad able possible allow allowed supposed recommended recommend suggest "
    "first time new different help try do after before between leave "
    "keeps kept start show shows say says said mean means meaning look looks see seem feel find "
    "everything nothing anyone everyone everybody nobody people person user customer owner number "
    "amount type kind model long often far big small high low old normal normally usually "
    "question answer manual instruction instructions guide document information page chapter "
    "day today tonight yesterday tomorrow morning evening afternoon night week month hour minute "
    "second last next always never sometimes suddenly finally soon later early late "
    "wife husband son daughter mother father mom mum dad friend neighbour boyfriend girlfriend "
    "grandmother grandma family guy man woman boy girl lady home house "
    "brand ago think thought believe guess wonder wondering understand remember idea "
    "notice noticed hear heard ask asked sure certain happy sorry worry worried afraid annoying "
    "stupid nice great strange weird funny odd really simply easily easy hard difficult quick "
    "quickly fast slow slowly must ought able bring end begin part parts place places area left "
    "case problem issue matter thing wrong trouble fine well better worse safe safely ready "
    "procedure step steps process method option purpose difference example reason cause rule rules"
)
LIGHT = frozenset(_LIGHT.split())
"""Words that say little of the topic: the passage may do without them."""

_COLOURLESS = (
    "use using used make makes making work works working set take takes taking give put keep "
    "keeps kept happen try do show shows say says said mean means look looks see seem feel find "
    "leave start allow allowed suppose think thought believe guess wonder understand remember "
    "notice noticed ask asked bring able possible best good bad right proper correct sure "
    "certain part thing way kind"
)
COLOURLESS = frozenset(_COLOURLESS.split())
"""Those of the light words that say little even where they stand in a heading."""
