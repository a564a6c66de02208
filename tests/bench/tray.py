"""A tray host: owns the name that tray icons look for on a session bus, and notes who comes."""

from __future__ import annotations

import threading

from jeepney import HeaderFields, MessageType, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

WATCHER = "org.kde.StatusNotifierWatcher"
EMPTY = {"IsStatusNotifierHostRegistered": ("b", True), "ProtocolVersion": ("i", 0)}


class Tray:
    """Answers on a connection of its own until the end of the `with`."""

    def __init__(self, env: dict[str, str]) -> None:
        self.connection = open_dbus_connection(env["DBUS_SESSION_BUS_ADDRESS"])
        self.registered = threading.Event()
        self.items: list[str] = []

    def __enter__(self) -> Tray:
        self.connection.send_and_get_reply(message_bus.RequestName(WATCHER))
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def serve(self) -> None:
        """Answers every call: registrations, and questions about properties."""
        while True:
            try:
                message = self.connection.receive()
            except (OSError, ValueError):
                return
            if message.header.message_type is MessageType.method_call:
                self.answer(message)

    def answer(self, message) -> None:  # noqa: ANN001
        """One call."""
        fields = message.header.fields
        member = fields.get(HeaderFields.member)
        reply = new_method_return(message)
        if member == "RegisterStatusNotifierItem":
            self.items.append(message.body[0])
            self.registered.set()
        elif member == "Get":
            known = {**EMPTY, "RegisteredStatusNotifierItems": ("as", self.items)}
            reply = new_method_return(message, "v", (known[message.body[1]],))
        elif member == "GetAll":
            known = {**EMPTY, "RegisteredStatusNotifierItems": ("as", self.items)}
            reply = new_method_return(message, "a{sv}", (known,))
        self.connection.send(reply)
