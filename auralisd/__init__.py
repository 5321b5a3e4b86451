"""auralisd: a headless music daemon that masters each track while it plays.

Three kinds of processes share this package.  *Control* (daemon, bus, playback, library, store, watch)
holds the event loop, the player's state and the library, and imports no DSP.  *Sound* (sound, output,
decode, dsp, mastering) decodes, masters and feeds the device.  *Workers* (worker, tags, analysis)
scan and measure at idle priority.  They speak in the typed words of `doors`.
"""

__version__ = "0.1.0"
