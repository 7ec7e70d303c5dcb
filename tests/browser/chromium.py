"""Headless Chromium, spoken to over its debugging pipe: no driver to install, no network, no port.

    with Chromium() as browser:
        page = browser.open("file:///tmp/run.html", width=1280)
        page.ask("document.title")

The pipe speaks the Chrome DevTools Protocol, JSON messages ended by a NUL byte, on the file
descriptors 3 (to Chromium) and 4 (from it).
"""
import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

FLAGS = ["--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-extensions",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-default-apps", "--hide-scrollbars", "--disable-dev-shm-usage",
         "--remote-debugging-pipe"]


class Chromium:
    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="chromium.")
        command = ["chromium", *FLAGS, f"--user-data-dir={self.home}"]
        if os.geteuid() == 0:
            command.append("--no-sandbox")
        # Without any network where that may be had: a page that loads something fails at once.
        if subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode == 0:
            command = ["unshare", "-n", *command]
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def give_pipes():  # as 3 and 4, wherever they are now
            kept = [os.dup(to_browser), os.dup(from_browser)]
            high = [os.dup2(fd, 100 + i) for i, fd in enumerate(kept)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            command, preexec_fn=give_pipes, close_fds=False, start_new_session=True,
            env={**os.environ, "HOME": self.home}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.number = 0
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.write_end)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.read_end)
        shutil.rmtree(self.home, ignore_errors=True)

    def receive(self, limit):
        end = time.monotonic() + limit
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.read_end], [], [], max(end - time.monotonic(), 0))
            if not ready:
                raise TimeoutError("Chromium does not answer")
            piece = os.read(self.read_end, 1 << 20)
            if not piece:
                raise ConnectionError("Chromium ended")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive(60)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, url, width=1280, height=900, dark=False):
        return Page(self, url, width, height, dark)


class Page:
    def __init__(self, browser, url, width, height, dark):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.dark(dark)
        self.call("Page.navigate", url=url)
        end = time.monotonic() + 60
        while self.ask("document.readyState + location.href") != "complete" + url:
            if time.monotonic() > end:
                raise TimeoutError(f"{url} is not loaded")
            time.sleep(0.02)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def dark(self, on):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if on else "light"}])

    def resize(self, width, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def ask(self, expression):
        """The value of a JavaScript expression (or of a promise) in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def complaints(self):
        """What the page wrote to the console, and exceptions."""
        return [event["params"] for event in self.browser.events
                if event["method"] in ("Log.entryAdded", "Runtime.consoleAPICalled",
                                       "Runtime.exceptionThrown")]

    def requests(self):
        """The addresses of all requests, also those that failed."""
        return [event["params"]["request"]["url"] for event in self.browser.events
                if event["method"] == "Network.requestWillBeSent"]

    def screenshot(self, file, whole=True):
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                               clip={"x": 0, "y": 0, "width": size["width"],
                                     "height": min(size["height"], 16000), "scale": 1})
        with open(file, "wb") as out:
            out.write(base64.b64decode(answer["data"]))

    def print_to(self, file):
        answer = self.call("Page.printToPDF", printBackground=False, preferCSSPageSize=True,
                           paperWidth=8.27, paperHeight=11.69)
        with open(file, "wb") as out:
            out.write(base64.b64decode(answer["data"]))
