"""A hundred questions that sound like commands and are none."""

NOT_COMMANDS = """
how do i set a timer on the oven
what does mute do
how do i stop the machine
how do i stop it
where is the stop button
what happens when i press stop
when should i cancel the program
can i cancel a wash that has started
how do i cancel my contract
what does the volume knob do
what is the maximum volume of the tank
how do i turn the volume up
how do i turn up the heating
turn the heating up
turn up the temperature
turn off the oven
turn off the lights in the kitchen
stop the machine
stop the pump
stop the mower at the edge of the lawn
cancel the booking
cancel the wash program
why is the motor so slow
why is it slow in winter
why does the battery charge so slowly
why does charging take so long
why does the alarm keep going off
why did the alarm go off
why did it stop
why does it stop after ten minutes
what time does the office open
what time is breakfast
what time is check out
at what time is the water switched off
what day is the rubbish collected
which day is bin day
what date was it made
what is the date of manufacture
how do i set the time
how do i set the date
how do i set the clock
how do i set an alarm
how do i set the alarm
how do i switch off the alarm
how do i silence the alarm
how do i arm the alarm
set the alarm
set the alarm to away mode
set the oven to two hundred degrees
set the thermostat to twenty degrees
set a schedule for the weekend
set a timer on the oven for ten minutes
the timer does not work
does it have a timer
is there a timer
how long is the timer
what is the timer for
how long does the descaling take
how long does it last
how much time does it take to charge
how much is left in the tank
how long is left on the guarantee
how many minutes does an espresso take
can you stop the leak
can i repeat a program
repeat the calibration every month
how often do i repeat it
how do i mute it
how do i mute the beeping
can i mute the buzzer
is it louder than the old one
why is it louder than before
why is it so quiet
why is it so loud
is there a quiet mode
is it quiet at night
what can the machine do
what can you do against limescale
what can i do about the smell
what can i use to clean it
where did the water come from
where does the water come from
where does that hose go
where is that from the manual
where did you put the filter
who is the manufacturer
who are the neighbours
how do you know when it is full
how do you open it
what went wrong when it blinks twice
what do you know about the warranty of the battery
help with error e four
help the motor is stuck
forget the pairing
never mind the cost how long does it last
enough detergent for how many washes
is that enough water
that is enough pressure for the front tyre
no thanks to the leak it is ruined
remind me how to clean the filter
wake the device from sleep
how do i wake the display
volume of the water tank
volume in litres
minimum volume of milk for frothing
alarm code
alarm when i open the door
time between two services
time to change the filter
""".strip().splitlines()
