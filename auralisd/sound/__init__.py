"""Sound: what is heard, from the file to the device, in a process of its own.

Owns   the ring of rendered frames (ring.py) between two threads: `render` (renderer.py) decodes, masters and fills
       it 3 s ahead, `writer` (writer.py) alone touches the device and keeps 80 to 100 ms in it, in realtime priority
       where it is granted; a third, `teller`, hands reports over, so that neither waits for control.  The render thread
       goes from stream to stream (programme.py) and records a voice on the tape (voice.py, tape.py), behind or over the
       end of the one before (crossing.py); finished sound is kept in chunks (cache.py), to be taken where it is heard
       again, and what is recorded already can be changed (splices.py).
Takes  orders over the link (process.py).  Gives reports, and the clock of what is heard.
Story  Start: both threads drop what they hold; render opens the file and asks writer for a rate; writer opens the
       device and answers; render fills the ring and wakes writer.  Volume and pause act behind the ring; a seek drops
       ring and device; another plan (revision.py) is rendered anew from just ahead of the reader and crossfaded.
Rule   nobody waits for the ring, and a new generation makes everything older stale.
"""
