"""A worker that does not step aside: beside tests that take every core, one of idle priority may wait for ever."""

import os
import socket
import sys

from auralisd.doors.link import Link
from auralisd.doors.worker import Answer, Task
from auralisd.worker.program import serve

if __name__ == "__main__":
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    link: Link[Task, Answer] = Link(socket.socket(fileno=int(sys.argv[1])), Task)
    serve(link)
