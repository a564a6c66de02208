"""A small W3C WebDriver client for WebKitWebDriver, with nothing but the standard library."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"


class Driver:
    """One session with a WebKitGTK window."""

    def __init__(self, address: str, browser: str, arguments: list[str]) -> None:
        options = {"binary": browser, "args": arguments}
        wish = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        reply = call("POST", f"{address}/session", {"capabilities": wish})
        self.session = f"{address}/session/{reply['sessionId']}"
        call("POST", f"{self.session}/timeouts", {"script": 900_000})

    def go(self, url: str) -> None:
        """Goes to an address and waits until the page is loaded."""
        call("POST", f"{self.session}/url", {"url": url})

    def script(self, text: str, *arguments: object) -> object:
        """Runs an asynchronous script; it gives its value to its last argument."""
        body = {"script": text, "args": list(arguments)}
        return call("POST", f"{self.session}/execute/async", body)


def call(method: str, url: str, body: object) -> dict:
    """One command."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=1000) as reply:
            return json.load(reply)["value"]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{url}: {error.read().decode()}") from error


@contextmanager
def webkit(env: dict[str, str], browser: str = BROWSER) -> Iterator[Driver]:
    """A WebKitGTK window under its driver."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["WebKitWebDriver", f"--port={port}"]
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield Driver(f"http://127.0.0.1:{port}", browser, ["--automation"])
    finally:
        process.terminate()
        process.wait()
