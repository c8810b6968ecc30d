"""How people ask: the frames around a phrase of the documents, and questions about anything.

`{}` stands for the phrase. Written from how owners ask about appliances, buildings and vehicles;
spelling as the recogniser writes it (lower case, no punctuation).
"""

from __future__ import annotations

from typing import Final

DOING: Final = """
how do i {}
how can i {}
how do you {}
how should i {}
how to {}
how often do i {}
how often should i {}
how often do i have to {}
how often do i need to {}
how long does it take to {}
when should i {}
when do i {}
when do i have to {}
when can i {}
where do i {}
where can i {}
what do i need to {}
what happens if i {}
what happens when i {}
what do i do to {}
what should i {}
can i {}
can you {}
could i {}
may i {}
am i allowed to {}
should i {}
must i {}
do i have to {}
do i need to {}
do i {}
is it safe to {}
is it okay to {}
is it possible to {}
is there a way to {}
why do i {}
why should i {}
why can't i {}
which button do i press to {}
tell me how to {}
show me how to {}
explain how to {}
help me {}
i want to {}
i need to {}
i cannot {}
i can't {}
what is the best way to {}
what is the right way to {}
who can {}
""".strip().splitlines()
"""Around a verb phrase: `clean the filter`."""

THING: Final = """
what is {}
what is the {}
what's the {}
what are {}
what are the {}
what does {} mean
what does the {} mean
what does it mean when the {}
what does the {} do
what do the {} mean
what is the {} for
what about the {}
what kind of {}
what size is the {}
what colour is the {}
where is the {}
where are the {}
where do i find the {}
where can i find the {}
where does the {} go
how do i use the {}
how do i find the {}
how does the {} work
how long does the {} take
how long does {} take
how long does the {} last
how long is the {}
how many {}
how much {}
how much does the {}
how many {} are there
how big is the {}
how heavy is the {}
how hot is the {}
how often should the {} be
how often does the {} need
when is the {}
when does the {}
when should the {} be
why is the {}
why does the {}
why are the {}
which {}
which {} do i need
which {} should i use
who do i call about the {}
is the {}
is there a {}
are there any {}
are the {}
does the {}
does it have a {}
do i need a {}
can the {}
can i use the {}
tell me about {}
tell me about the {}
explain the {}
what should i do about the {}
what is wrong with the {}
what happens if the {}
what do i do if the {}
what if the {}
the {} is not working
the {} does not
something is wrong with the {}
my {} is
""".strip().splitlines()
"""Around a noun phrase: `water tank`."""

GENERAL: Final = """
what time is it
what is the time
what day is it today
what is the date
set a timer for five minutes
set a timer for ten minutes
set a timer for one hour
set an alarm for seven thirty
start a timer
stop the timer
cancel the timer
cancel the alarm
how much time is left
stop
cancel
never mind
be quiet
mute
unmute
volume up
volume down
turn the volume up
turn the volume down
louder
quieter
say that again
repeat that
yes
no
help
thank you
what can you do
what can i ask
who are you
what is your name
what is the weather today
will it rain tomorrow
who won the world cup
who is the president of the united states
what is the capital of france
how tall is mount everest
how old are you
tell me a joke
play some music
sing me a song
call my mother
turn on the lights
turn off the lights in the kitchen
what is two plus two
what is the meaning of life
how far away is the moon
who wrote this
what is on television tonight
order a pizza
where can i buy a new one
how much does it cost
what does it cost
is it dishwasher safe
how do i get a refund
how do i return it
what is the phone number
who do i call
""".strip().splitlines()
"""Whole questions and commands that have nothing to do with the documents."""

STATES: Final = """
leaking
dripping
flashing
blinking
beeping
ringing
buzzing
humming
squeaking
squealing
rattling
clicking
grinding
vibrating
smoking
steaming
overheating
freezing
frozen
stuck
jammed
blocked
clogged
broken
cracked
damaged
dirty
dusty
mouldy
rusty
scratched
loose
tight
wet
dry
hot
cold
warm
loud
noisy
quiet
slow
weak
dark
dim
bright
empty
full
flat
dead
lost
missing
stolen
wrong
red
green
blue
orange
yellow
amber
white
on
off
open
closed
locked
low
high
too hot
too cold
too loud
too slow
too weak
not working
not charging
not starting
not turning on
""".strip().splitlines()
"""What may be the matter with a thing."""

COMPLAINTS: Final = """
it is {}
it is {} what do i do
it is {} what should i do
is {} what does that mean
is {} what does it mean
is {} what is wrong
is {} what now
is {} how do i fix it
is {} is that normal
why is it {}
what if it is {}
what if it gets {}
what does it mean when it is {}
what do i do when it is {}
it keeps {}
it keeps {} what does that mean
keeps {} what should i do
keeps {} how do i stop it
why does it keep {}
it has gone {}
has gone {}
has turned {}
it went {}
it gets {}
it got {}
it feels {}
it looks {}
it sounds {}
it smells {}
it starts {}
it won't stop {}
it will not stop {}
the light is {}
the light keeps {}
the screen is {}
the display is {}
can i make it {}
is it {}
""".strip().splitlines()
"""Around a state."""

EVERYDAY: Final = """
what am i doing wrong
what is going on
what is wrong with it
what happened
what does that mean
what should i do now
what do i do now
what now
is that normal
is that dangerous
is it still safe
is it still safe to use
is it dangerous
can i still use it
can i fix it myself
how do i fix it
how do i fix that
how do i stop it
how do i stop that
how do i get rid of it
how do i get it out
how do i get it off
how do i get it back
how do i turn it on
how do i turn it off
how do i switch it on
how do i switch it off
how do i set it up
how do i clean it
how do i open it
how do i close it
how do i start it
how do i use it
how do i undo that
how do i make it quieter
how do i make it stop
how do i throw it away
how do i throw away
how often do i have to do that
how long does that take
how long does it take
how long does it last
how long is the guarantee
how long is the warranty
how much does it weigh
how much power does it use
how loud is it
how old is it
how big is it
how hot does it get
it does not work
it doesn't work
it is not working
it won't start
it won't turn on
it will not turn on
it stopped working
it makes a strange noise
it makes a funny noise
there is a strange smell
there is water all over the floor
nothing happens when i press the button
nothing happens
every time i use it
all the time
by myself
i lost my key
i lost the key
i forgot my password
i forgot my code
i forgot my pin
i cannot find it
i cannot get it open
i dropped it
i broke it
we have a small dog
we have children
my kids
my wife
my husband
my neighbour
my phone
on my phone
with my phone
at night
in the morning
over the winter
for a week
when i am away
when we are on holiday
without water
where is it made
where can i buy more
who do i call
who can help me
who is allowed to do that
is there a warranty
is there wifi
what is the wifi password
how do i connect to the wifi
does it have bluetooth
does it work with my phone
does it work without internet
can it be repaired
what colours does it come in
what is the difference
what type do i need
what kind do i need
what size do i need
""".strip().splitlines()
"""What people say in any household about any appliance, as wholes or as ends."""
