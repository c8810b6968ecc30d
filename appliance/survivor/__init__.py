"""What works while every engine is down: timers, alarms, volume, stop, mute, and how it went.

`survivor.Survivor` carries out commands and says what to reply; `watch.Watch` rings the bell when
something is due. Nothing here listens, speaks or needs a model; what it says is in
`phrases/<language>.toml`.
"""
