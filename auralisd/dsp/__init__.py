"""DSP: what happens to samples between the decoder and the device.

Owns   the memory of filters and limiters, each inside its own runner; nothing is shared.
Takes  float32 blocks of shape (frames, channels) and numbers in physical units.
Gives  blocks of the same shape, as many frames as it took, aligned with them.
Never  imports scipy (0.3 s of start-up and 20 MB for its transforms alone, 72 MB more for its filters), does I/O, or
       looks at a clock.
"""
