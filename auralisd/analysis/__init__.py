"""Analysis: what a track is, in numbers of the field.

Owns   the running sums of one measurement; nothing outlives it.
Takes  float32 blocks of shape (frames, channels).
Gives  a SoundProfile: from the whole track (`measure`, in workers) or from excerpts (`provisional`, in the sound
       process), and live loudness of what is being rendered (`live_meter`).
Never  decides what is to be done about it.  Only `measure` and `loudness` import scipy.signal.
"""
