"""A screen, a bus and a window manager of their own, so that nothing of the computer is touched."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from servers import home


def first_line(command: list[str], env: dict[str, str]) -> tuple[subprocess.Popen, str]:
    """Starts a program and reads the first line that it prints."""
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    return process, process.stdout.readline().strip()


@contextmanager
def screen() -> Iterator[tuple[str, dict[str, str]]]:
    """A home folder and the environment of a program with a window."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        env = home(folder)
        display, number = first_line(
            ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], env
        )
        bus, address = first_line(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1"], env
        )
        env |= {"DISPLAY": f":{number}", "DBUS_SESSION_BUS_ADDRESS": address}
        # The keyring of a fresh bus is locked, and nobody is there to unlock it.
        env |= {"GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1", "HEARTH_DB_KEY_FILE": f"{folder}/key"}
        # As the shell sets it for itself where there is no usable GPU (src-tauri/src/platform).
        env |= {"WEBKIT_DISABLE_DMABUF_RENDERER": "1"}
        windows = subprocess.Popen(["openbox", "--sm-disable"], env=env, stderr=subprocess.DEVNULL)
        try:
            yield folder, env
        finally:
            for process in (windows, bus, display):
                process.terminate()
                process.wait()
