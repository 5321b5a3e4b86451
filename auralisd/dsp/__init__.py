"""DSP: what happens to samples between the decoder and the device.

Owns   the memory of filters and limiters, each inside its own runner; nothing is shared.
Takes  float32 blocks of shape (frames, channels) and numbers in physical units.
Gives  blocks of the same shape, as many frames as it took, aligned with them.
Never  imports scipy.signal or scipy.ndimage (72 MB and a second of start-up), nor does I/O, nor looks at a clock.
"""
