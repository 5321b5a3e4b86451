"""Tags: what a file says of itself.

Owns   the only import of mutagen, and the only place where a tag's words are cleaned.
Takes  the path of a file.  Gives StreamFacts and Tags, or TrackUnreadable; carries tags and art into a new file.
Never  opens anything but a regular file, and never logs.
"""
