"""A worker that is killed by any file named crash.flac, as by a decoder that is at fault, and that hangs at any named
hang.flac, as on a drive that does not answer, until a file named awake lies beside it.  A file named stumble.flac
kills it at a rehearsal alone."""

import os
import socket
import sys
import time

from auralisd.doors.link import Link
from auralisd.doors.worker import Answer, Bring, Leave, Measure, ReadTags, Rehearse, Task
from auralisd.worker.program import answers

if __name__ == "__main__":
    link: Link[Task, Answer] = Link(socket.socket(fileno=int(sys.argv[1])), Task)
    try:
        while not isinstance(task := link.receive(), Leave):
            paths = (
                task.paths if isinstance(task, ReadTags) else (task.path,) if isinstance(task, Measure | Bring) else ()
            )
            names = {os.path.basename(path) for path in paths}
            awake = any(os.path.exists(os.path.join(os.path.dirname(path), b"awake")) for path in paths)
            stumbles = isinstance(task, Rehearse) and os.path.basename(task.path) == b"stumble.flac"
            if b"crash.flac" in names or stumbles:
                os.abort()
            if b"hang.flac" in names and not awake:
                time.sleep(3600)
            for answer in answers(task):
                link.send(answer)
    except EOFError:
        pass
