"""inotify through watchdog: the only import of it.

watchdog tells no handler that the kernel dropped events, nor that it gives no more watches; both are heard here by
overriding public methods of its reader.  Its threads sleep while nothing happens.
"""

import errno
import logging
import os
import warnings
from collections.abc import Callable, Iterator
from typing import Protocol

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.inotify import InotifyEmitter
from watchdog.observers.inotify_c import CallbackId, InotifyEvent, InotifyFD, Mask, WatchCallback, WatchDescriptor

from auralisd.model.track import is_music_name
from auralisd.watch.settle import Dirty

_FOLDER_EVENTS: list[type[FileSystemEvent]] = [DirCreatedEvent, DirDeletedEvent, DirMovedEvent]
# Without "opened" and "closed unwritten", our own reading of files makes no events.
_TREE_EVENTS = [*_FOLDER_EVENTS, FileCreatedEvent, FileDeletedEvent, FileMovedEvent, FileClosedEvent]
__all__ = ["Inotify", "Listener", "ObservedWatch", "dirty_after"]
_NO_MORE = frozenset({errno.ENOSPC, errno.EMFILE})


class Listener(Protocol):
    """Who is told; every member is called on one of watchdog's threads."""

    def on_dirty(self, dirty: Dirty) -> None:
        """Something changed in a music folder, or a folder beside one came or went."""

    def on_overflow(self) -> None:
        """The kernel dropped events: anything may have changed."""

    def on_limit(self, path: bytes) -> None:
        """The kernel gives no watch for this folder."""

    def on_death(self, death: BaseException) -> None:
        """One of the threads has ended by an error."""


class Inotify:
    """The watches.  One thread alone starts, attaches and closes.  Raises OSError where the kernel refuses."""

    def __init__(self, listener: Listener) -> None:
        _quieten()
        self._reader = _Reader(listener)
        self._observer = _Observer(listener, self._reader)
        self._handler = _Handler(listener)

    def start(self) -> None:
        self._reader.start()
        self._observer.start()

    def attach(self, root: bytes) -> ObservedWatch:
        """Watch a tree, and the folder above it for the tree's own going and coming."""
        above = os.fsdecode(os.path.dirname(root))
        self._observer.schedule(self._handler, above, recursive=False, event_filter=_FOLDER_EVENTS)
        return self._observer.schedule(self._handler, os.fsdecode(root), recursive=True, event_filter=_TREE_EVENTS)

    def attach_alone(self, folder: bytes, *, files: bool) -> ObservedWatch:
        """Watch one folder without what is below it: the folders in it, with `files` also its files of any name."""
        handler = _AnyHandler(self._handler.listener, folder)
        events = _TREE_EVENTS if files else _FOLDER_EVENTS
        return self._observer.schedule(handler, os.fsdecode(folder), recursive=False, event_filter=events)

    def detach(self, watch: ObservedWatch) -> None:
        self._observer.unschedule(watch)

    def detach_above(self, root: bytes) -> None:
        """The tree's own going and coming is of no interest any more, nor is that of any other beside it."""
        above = os.fsdecode(os.path.dirname(root))
        for watch in [emitter.watch for emitter in self._observer.emitters]:
            if watch.path == above and not watch.is_recursive:
                self._observer.unschedule(watch)

    def listens(self, watch: ObservedWatch) -> bool:
        """False once the folder at the top of the tree was deleted."""
        return any(emitter.watch == watch and emitter.should_keep_running() for emitter in self._observer.emitters)

    def close(self) -> None:
        self._observer.stop()
        self._reader.stop()


def dirty_after(event: FileSystemEvent) -> Iterator[Dirty]:
    """What an event makes dirty: a music file's folder, or a folder with all that is below it."""
    for path in (os.fsencode(event.src_path), os.fsencode(event.dest_path)):
        if path and event.is_directory:
            yield Dirty(path, recursive=True)
        elif is_music_name(path):
            yield Dirty(os.path.dirname(path), recursive=False)


class _Handler(FileSystemEventHandler):
    def __init__(self, listener: Listener) -> None:
        self.listener = listener

    def dispatch(self, event: FileSystemEvent) -> None:
        for dirty in dirty_after(event):
            self.listener.on_dirty(dirty)


class _AnyHandler(FileSystemEventHandler):
    """Every event makes its folder dirty."""

    def __init__(self, listener: Listener, folder: bytes) -> None:
        self._listener = listener
        self._dirty = Dirty(folder, recursive=False)

    def dispatch(self, event: FileSystemEvent) -> None:
        self._listener.on_dirty(self._dirty)


class _Reader(InotifyFD):
    """Owns the thread that reads the kernel's queue."""

    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self.name = "watch-read"
        self._listener = listener

    def run(self) -> None:
        _guarded(super().run, self._listener)

    def handle_event(self, event: InotifyEvent) -> None:
        super().handle_event(event)
        if event.is_queue_overflow:
            self._listener.on_overflow()

    def add_callback(self, path: bytes, mask: Mask, callback: WatchCallback, id_: CallbackId) -> WatchDescriptor:
        try:
            return super().add_callback(path, mask, callback, id_)
        except OSError as refusal:
            if refusal.errno in _NO_MORE:
                self._listener.on_limit(path)
            raise


class _Observer(BaseObserver):
    """Owns the thread that dispatches; each tree has one more, which groups the two halves of a move."""

    def __init__(self, listener: Listener, reader: InotifyFD) -> None:
        super().__init__(_Emitter, inotify_fd=reader, listener=listener)
        self.name = "watch-dispatch"
        self._listener = listener

    def run(self) -> None:
        _guarded(super().run, self._listener)


class _Emitter(InotifyEmitter):
    def __init__(self, *arguments: object, listener: Listener, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.name = "watch-group"
        self._listener = listener

    def run(self) -> None:
        _guarded(super().run, self._listener)


def _quieten() -> None:
    """watchdog names paths when the kernel drops events, which we tell ourselves, and when a new folder is watched from
    two sides at once, which is no fault."""
    logging.getLogger("watchdog").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", message="Callback with id", category=RuntimeWarning)


def _guarded(run: Callable[[], None], listener: Listener) -> None:
    try:
        run()
    except BaseException as death:  # noqa: BLE001  the border: told, and so never swallowed
        listener.on_death(death)
