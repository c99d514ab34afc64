"""Firefox and WebKit (Safari's engine), driven without more than they bring: Marionette, and the W3C's WebDriver.

Debian: firefox-esr; webkit2gtk-driver xvfb dbus gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, BinaryIO

PATIENCE = 60.0
"""Seconds that an answer may take."""

_SILENT = "pcm.!default { type null }\nctl.!default { type null }\n"
"""ALSA without a device: what is played is heard by nobody."""

_PREFERENCES = {
    "app.update.enabled": False, "browser.shell.checkDefaultBrowser": False, "browser.aboutwelcome.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.enabled": False,
    "services.settings.server": "data:,", "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False, "browser.safebrowsing.downloads.remote.enabled": False,
    "media.autoplay.default": 0, "media.navigator.streams.fake": True, "media.navigator.permission.disabled": True,
    "widget.gtk.overlay-scrollbars.enabled": True,
}  # fmt: skip
"""Nothing is asked of the network; sound and microphone need no click."""

_SMALL = "* { font-size: 1px; padding: 0; margin: 0; min-width: 0; min-height: 0; border-width: 0; }"
"""GTK's style for a window as narrow as a phone."""


def missing(*programs: str) -> str:
    """Which programs are not there."""
    return ", ".join(each for each in programs if shutil.which(each) is None)


def mini_browser() -> Path | None:
    """WebKitGTK's own browser, which only its driver starts."""
    return next(iter(sorted(Path("/usr/lib").glob("**/webkit2gtk-*/MiniBrowser"))), None)


class Engine(ABC):
    """A browser with one window as wide as a phone's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        (folder / "asound.conf").write_text(_SILENT)
        self.environment = {**os.environ, "HOME": str(folder), "ALSA_CONFIG_PATH": str(folder / "asound.conf")}
        self.said: BinaryIO = (folder / "said.txt").open("wb")
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str, **environment: str) -> None:
        """Start a program of it."""
        self.started.append(
            subprocess.Popen(
                command,
                env={**self.environment, **environment},
                stdout=self.said,
                stderr=self.said,
                start_new_session=True,
            )
        )

    def close(self) -> None:
        """End it, and all that it started."""
        for process in reversed(self.started):
            try:
                os.killpg(process.pid, 15)
                process.wait(20)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(process.pid, 9)
                process.wait(20)
        self.said.close()

    @abstractmethod
    def go(self, address: str) -> None:
        """Open a page."""

    @abstractmethod
    def run(self, script: str) -> Any:
        """What a function's body returns in the page; a promise is waited for."""

    @abstractmethod
    def click(self, selector: str) -> None:
        """Click, as a person does."""

    def until(self, condition: str) -> None:
        """Wait until an expression is true in the page."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.run(f"return Boolean({condition})"):
                return
            time.sleep(0.1)
        raise AssertionError(f"not within {PATIENCE:g} s: {condition}")


class Firefox(Engine):
    """Firefox by Marionette, its own automation."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        super().__init__(folder)
        port = _free_port()
        wanted = {**_PREFERENCES, "marionette.port": port}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in wanted.items()]
        (folder / "user.js").write_text("".join(lines))
        headless = ("--marionette", "--remote-allow-system-access", "--headless", "--no-remote")
        self.start("firefox-esr", *headless, "--profile", str(folder), MOZ_HEADLESS="1")
        self.line = _connected(port)
        self.read = self.line.makefile("rb")
        self.count = 0
        self._answer()
        self._ask("WebDriver:NewSession", capabilities={})
        self._ask("WebDriver:SetWindowRect", width=width + 300, height=height + 200)
        sizes = f"[['width', {width}], ['height', {height}]]"
        self._inside(f"""for (const [name, size] of {sizes}) for (const kind of ['min-', 'max-', ''])
            gBrowser.selectedBrowser.style.setProperty(kind + name, size + 'px', 'important')""")

    def _answer(self) -> Any:
        length = b""
        while (letter := self.read.read(1)) != b":":
            length += letter
        return json.loads(self.read.read(int(length)))

    def _ask(self, name: str, **values: Any) -> Any:
        self.count += 1
        body = json.dumps([0, self.count, name, values]).encode()
        self.line.sendall(b"%d:%b" % (len(body), body))
        _, _, wrong, good = self._answer()
        assert wrong is None, wrong
        return good

    def _inside(self, script: str) -> Any:
        """Run a script of the browser itself."""
        self._ask("Marionette:SetContext", value="chrome")
        try:
            return self._ask("WebDriver:ExecuteScript", script=script, args=[], sandbox="system")["value"]
        finally:
            self._ask("Marionette:SetContext", value="content")

    def go(self, address: str) -> None:
        """Open a page."""
        self._ask("WebDriver:Navigate", url=address)

    def run(self, script: str) -> Any:
        """Run in the page."""
        return self._ask("WebDriver:ExecuteScript", script=script, args=[], sandbox=None)["value"]

    def click(self, selector: str) -> None:
        """Click."""
        found = self._ask("WebDriver:FindElement", using="css selector", value=selector)["value"]
        self._ask("WebDriver:ElementClick", id=next(iter(found.values())))

    def close(self) -> None:
        """End it."""
        self.read.close()
        self.line.close()
        super().close()


class WebKit(Engine):
    """WebKitGTK by WebKitWebDriver."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        super().__init__(folder)
        style = folder / ".config" / "gtk-3.0"
        style.mkdir(parents=True)
        (style / "gtk.css").write_text(_SMALL)
        screen = next(number for number in range(90, 200) if not Path(f"/tmp/.X11-unix/X{number}").exists())
        self.start("Xvfb", f":{screen}", "-screen", "0", "1400x1000x24", "-nolisten", "tcp")
        port = _free_port()
        driver = ("dbus-run-session", "--", "WebKitWebDriver", f"--port={port}")
        self.start(*driver, DISPLAY=f":{screen}", GTK_THEME="Adwaita", WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS="1")
        _connected(port).close()
        options = ["--automation", "--enable-media-stream=true", "--enable-mock-capture-devices=true"]
        wanted = {"webkitgtk:browserOptions": {"binary": str(mini_browser()), "args": options}}
        self.address = f"http://127.0.0.1:{port}/session"
        session = self._ask("", capabilities={"alwaysMatch": wanted})["sessionId"]
        self.address = f"{self.address}/{session}"
        self._ask("/window/rect", width=width, height=height, x=0, y=0)
        inside = self.run("return [innerWidth, innerHeight]")
        self._ask("/window/rect", width=2 * width - inside[0], height=2 * height - inside[1], x=0, y=0)

    def _ask(self, path: str, **values: Any) -> Any:
        request = urllib.request.Request(f"{self.address}{path}", json.dumps(values).encode(), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(error.read().decode()) from None

    def go(self, address: str) -> None:
        """Open a page."""
        self._ask("/url", url=address)

    def run(self, script: str) -> Any:
        """Run in the page."""
        return self._ask("/execute/sync", script=script, args=[])

    def click(self, selector: str) -> None:
        """Click."""
        found = self._ask("/element", using="css selector", value=selector)
        self._ask(f"/element/{next(iter(found.values()))}/click")


def _free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def _connected(port: int) -> socket.socket:
    """A connection to a program that is still starting."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
