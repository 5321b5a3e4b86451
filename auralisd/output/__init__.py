"""Output: where sound leaves us.

Owns   the device handle, while it is open; the WAV file of the `file:` output.
Takes  bytes in the device's own sample format, whole periods.  Gives how many frames are not heard yet.
Rule   alsaaudio is imported in `alsa.py` alone; each output is used by one thread only, the writer's.
"""
