"""Recognition on the RK3576's NPU: SenseVoice or a Whisper encoder, through rknn-toolkit-lite2.

`session` is the only door to the vendor's library. `sensevoice` and `whisper` are the models;
the rest is what these were trained with: features (`fbank`, `lowrate`, `logmel`), tokens
(`pieces`, `bytetokens`), decoding (`ctc`, `decoder`). See docs/rknn.md.
"""
