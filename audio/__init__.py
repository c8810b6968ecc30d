"""Samples in, edges out; PCM in, sound out. Imports nothing of ours.

- `format`, `ports`, `errors`: what sound is, who gives and takes it, what goes wrong.
- `files`: a recording as a microphone, a recording loudspeaker, WAV writing
  (`probe`, `piped`, `decode`, `playout` are its parts).
- `live`: the sound card. The only file that knows PyAudio.
- `wake`, `features`, `sibilant`: wake phrases. `vad`: voice activity. `models`: their ONNX files.
- `segmenter`: where speech begins and ends, as a pure function of time and probabilities.
- `ears`, `listener`: all of that over one stream, and in a thread of its own.
- `fakes`: scripted stand-ins for tests.
"""
