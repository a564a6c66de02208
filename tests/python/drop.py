"""Drags files onto a window and lets go of them, as a file manager does: the XDND protocol, version 5.

drop.py WINDOW X Y PATH...   (X and Y on the screen). Prints {"accepted": …, "finished": …}.
"""

import json
import sys
import time
from pathlib import Path

from Xlib import X, Xatom, display
from Xlib.protocol import event

VERSION = 5
# What a drag takes at most.
SECONDS = 20


class Drag:
    def __init__(self, window: int, files: list[str]) -> None:
        self.display = display.Display()
        self.target = self.display.create_resource_object("window", window)
        root = self.display.screen().root
        self.source = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        self.uris = "".join(f"{Path(file).resolve().as_uri()}\r\n" for file in files).encode()
        self.accepted = False
        self.finished = False
        self.atom = self.display.intern_atom
        self.source.set_selection_owner(self.atom("XdndSelection"), X.CurrentTime)

    def tell(self, kind: str, rest: list[int]) -> None:
        values = ([self.source.id, *rest] + [0] * 5)[:5]
        message = event.ClientMessage(window=self.target, client_type=self.atom(kind), data=(32, values))
        self.target.send_event(message)
        self.display.flush()

    def answer(self, seconds: float) -> None:
        """Does what the other side asks for, for a while."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.finished:
            while self.display.pending_events():
                self.take(self.display.next_event())
            time.sleep(0.01)

    def take(self, seen: event.AnyEvent) -> None:
        if seen.type == X.SelectionRequest:
            self.give(seen)
        elif seen.type == X.ClientMessage and seen.client_type == self.atom("XdndStatus"):
            self.accepted = bool(seen.data[1][1] & 1)
        elif seen.type == X.ClientMessage and seen.client_type == self.atom("XdndFinished"):
            self.finished = True

    def give(self, asked: event.SelectionRequest) -> None:
        wanted, place = asked.target, asked.property or asked.target
        if wanted == self.atom("TARGETS"):
            offered = [self.atom("TARGETS"), self.atom("text/uri-list")]
            asked.requestor.change_property(place, Xatom.ATOM, 32, offered)
        elif wanted == self.atom("text/uri-list"):
            asked.requestor.change_property(place, wanted, 8, self.uris)
        else:
            place = X.NONE
        asked.requestor.send_event(
            event.SelectionNotify(
                time=asked.time,
                requestor=asked.requestor,
                selection=asked.selection,
                target=wanted,
                property=place,
            )
        )
        self.display.flush()

    def run(self, x: int, y: int) -> None:
        self.tell("XdndEnter", [VERSION << 24, self.atom("text/uri-list")])
        begun = time.monotonic()
        copy = self.atom("XdndActionCopy")
        moves = 0
        while time.monotonic() - begun < SECONDS and (moves < 5 or not self.accepted):
            self.tell("XdndPosition", [0, x << 16 | y + moves % 2, X.CurrentTime, copy])
            self.answer(0.1)
            moves += 1
        self.tell("XdndDrop", [0, X.CurrentTime])
        self.answer(SECONDS)


def main() -> None:
    window, x, y, *files = sys.argv[1:]
    drag = Drag(int(window), files)
    drag.run(int(x), int(y))
    print(json.dumps({"accepted": drag.accepted, "finished": drag.finished}))


if __name__ == "__main__":
    main()
