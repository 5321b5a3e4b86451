"""What a player should be after any commands: a small model of it, written from its description and nothing else.

Lists of (entry, track), a current entry, a status.  Shuffle and the ends of tracks are not in it.
"""

from dataclasses import dataclass, field

Entries = list[tuple[int, int]]


@dataclass
class Model:
    """Every method answers the entry ids that the real one must answer."""

    entries: Entries = field(default_factory=list)
    current: int = 0
    status: str = "Stopped"
    loop: str = "None"
    next_id: int = 1
    past: list[tuple[Entries, int]] = field(default_factory=list)
    future: list[tuple[Entries, int]] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [entry for entry, _ in self.entries]

    @property
    def tracks(self) -> list[int]:
        return [track for _, track in self.entries]

    # --- transport --------------------------------------------------------------------------------

    def play(self) -> None:
        if self.current:
            self.status = "Playing"

    def pause(self) -> None:
        if self.status == "Playing":
            self.status = "Paused"

    def play_pause(self) -> None:
        if self.status == "Playing":
            self.pause()
        else:
            self.play()

    def stop(self) -> None:
        self.status = "Stopped"

    def next(self) -> None:
        self.current = self._following(self.ids) or self.current

    def before(self) -> int:
        """What Previous goes to, unless it goes back to the start."""
        place = self.ids.index(self.current) if self.current else 0
        return self.ids[place - 1] if place or (self.loop == "Playlist" and self.ids) else self.current

    def go_to(self, entry: int) -> None:
        self.current, self.status = entry, "Playing"

    # --- edits ------------------------------------------------------------------------------------

    def set(self, tracks: list[int], start: int, play: bool) -> list[int]:
        self._note()
        self.entries, made = [], self._made(tracks)
        self.entries = made
        self.current = made[start][0] if made else 0
        self.status = "Playing" if play and made else "Stopped"
        return self.ids

    def insert(self, tracks: list[int], position: int) -> list[int]:
        if tracks:
            self._note()
        made = self._made(tracks)
        self.entries = [*self.entries[:position], *made, *self.entries[position:]]
        self.current = self.current or (made[0][0] if made else 0)
        return [entry for entry, _ in made]

    def append(self, tracks: list[int]) -> list[int]:
        return self.insert(tracks, len(self.entries))

    def play_next(self, tracks: list[int]) -> list[int]:
        return self.insert(tracks, self.ids.index(self.current) + 1 if self.current else 0)

    def move(self, entries: list[int], position: int) -> None:
        moving = [pair for entry in entries for pair in self.entries if pair[0] == entry]
        left = [pair for pair in self.entries if pair not in moving]
        self._become([*left[:position], *moving, *left[position:]])

    def remove(self, entries: list[int]) -> None:
        left = [pair for pair in self.entries if pair[0] not in entries]
        self._become(left)

    def clear(self) -> None:
        self._become([])

    def undo(self) -> bool:
        """False where there is nothing to take back."""
        return self._back(self.past, self.future)

    def redo(self) -> bool:
        return self._back(self.future, self.past)

    def _back(self, way: list[tuple[Entries, int]], other: list[tuple[Entries, int]]) -> bool:
        if not way:
            return False
        entries, current = way.pop()
        other.append((self.entries, self.current))
        self._settle(entries, current)
        return True

    def _become(self, entries: Entries) -> None:
        if entries != self.entries:
            self._note()
            self._settle(entries, 0)

    def _settle(self, entries: Entries, otherwise: int) -> None:
        """The current entry stays; gone, what follows it is; else `otherwise`; else the first, and play stops."""
        there = [entry for entry, _ in entries]
        if self.current not in there:
            onward = self._following(there) or (otherwise if otherwise in there else 0)
            if not onward:
                self.status = "Stopped"
            self.current = onward or (there[0] if there else 0)
        self.entries = entries

    def _following(self, among: list[int]) -> int:
        place = self.ids.index(self.current) if self.current else len(self.ids)
        behind = self.ids[place + 1 :] + (self.ids[:place] if self.loop == "Playlist" else [])
        return next((entry for entry in behind if entry in among), 0)

    def _made(self, tracks: list[int]) -> Entries:
        made = list(enumerate(tracks, self.next_id))
        self.next_id += len(tracks)
        return made

    def _note(self) -> None:
        self.past = [*self.past, (self.entries, self.current)][-20:]
        self.future = []
