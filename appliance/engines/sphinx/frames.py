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
