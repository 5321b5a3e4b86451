"""A walk through everything that a client can do to a player: what it told, and what was true, after each step."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from dbus_fast import Message

from tests.bus.client import PLAYER, ROOT, CallFailed, plain
from tests.conformance.mpris.bench import S_US, STOPPED, Bench, Values


@dataclass
class Step:
    """What was done, what was told of it, and what GetAll answered then."""

    done: str
    told: list[Message]
    values: Values


@dataclass
class Tour:
    root: Values
    values: Values
    steps: list[Step] = field(default_factory=list)
    root_after: Values = field(default_factory=dict)

    def told(self) -> list[Message]:
        return [message for step in self.steps for message in step.told]

    def changes(self, interface: str = PLAYER) -> list[Values]:
        """What each PropertiesChanged of an interface carried."""
        return [plain(m.body[1]) for m in self.told() if m.member == "PropertiesChanged" and m.body[0] == interface]


async def walk(bench: Bench) -> Tour:
    await bench.arrange(STOPPED, at=0)
    tour = Tour(await bench.all(ROOT), await bench.all())
    deeds: dict[str, Callable[[], Awaitable[None]]] = {
        "play": lambda: bench.do("Play"),
        "next": lambda: bench.do("Next"),
        "pause": lambda: bench.do("Pause"),
        "seek": lambda: bench.do("Seek", "x", 5 * S_US),
        "go on": lambda: bench.do("PlayPause"),
        "softer": lambda: bench.put("Volume", "d", 0.5),
        "again and again": lambda: bench.put("LoopStatus", "s", "Track"),
        "once": lambda: bench.put("LoopStatus", "s", "None"),
        "mixed": lambda: bench.put("Shuffle", "b", True),
        "in order": lambda: bench.put("Shuffle", "b", False),
        "open": lambda: bench.do("OpenUri", "s", bench.music.uri("Other")),
        "previous": lambda: bench.do("Previous"),
        "stop": lambda: bench.do("Stop"),
    }
    for name, deed in deeds.items():
        bench.listen()
        try:
            await deed()
        except CallFailed as failure:
            name += f": {failure}"  # what does not work has rows of its own
        await bench.calm()
        tour.steps.append(Step(name, list(bench.heard), await bench.all()))
    tour.root_after = await bench.all(ROOT)
    return tour
