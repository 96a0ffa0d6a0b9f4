"""A headless Chromium, driven over the DevTools protocol."""

import base64
import itertools
import json

import requests
import websocket
from host.ports import LOCALHOST
from host.processes import Process
from shop import WAIT, wait_until

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-first-run",
    "--no-proxy-server",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--lang=en-US",
    "--remote-debugging-port=0",
)


class Tab:
    """A page of the browser, spoken to over a socket of its own."""

    def __init__(self, size):
        self.size = size
        self.socket = None
        self._ids = itertools.count(1)

    def attach(self, description):
        """Begin to drive the tab that DevTools describes."""
        self.socket = websocket.create_connection(
            description["webSocketDebuggerUrl"], timeout=WAIT, suppress_origin=True
        )
        self.command("Page.enable")
        self.resize(*self.size)

    def resize(self, width, height):
        """Give the page another size."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1}
        self.command("Emulation.setDeviceMetricsOverride", **metrics, mobile=False)

    def command(self, method, **params):
        """Send a DevTools command; return its result."""
        number = next(self._ids)
        message = {"id": number, "method": method, "params": params}
        self.socket.send(json.dumps(message))
        while True:
            # Bounded by the socket's time-out.
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def log_in(self, client):
        """Take over the session of an RPC client."""
        cookie = client.session.cookies["session_id"]
        self.command(
            "Network.setCookie", name="session_id", value=cookie, url=client.url
        )

    def open(self, url):
        """Load a page; ``wait_for`` tells when it is there."""
        self.command("Page.navigate", url=url)

    def evaluate(self, script):
        """Return the value of a JavaScript expression, None when it throws."""
        # With a person's gesture a page may open another tab.
        result = self.command(
            "Runtime.evaluate",
            expression=script,
            returnByValue=True,
            userGesture=True,
        )
        return result["result"].get("value")

    def wait_for(self, script, what):
        """Wait until a JavaScript expression is true; return its value."""
        try:
            return wait_until(lambda: self.evaluate(script), what)
        except AssertionError as error:
            error.add_note(f"On the page: {self.evaluate('document.body.innerText')}")
            raise

    def texts(self, selector):
        """The texts of the elements of a selector."""
        query = f"document.querySelectorAll({json.dumps(selector)})"
        return self.evaluate(f"[...{query}].map(e => e.textContent.trim())") or []

    def click(self, selector, text):
        """Click the first element of a selector that has this text."""
        query = f"document.querySelectorAll({json.dumps(selector)})"
        has_text = f"e => e.textContent.trim() === {json.dumps(text)}"
        self.wait_for(
            f"(e => e && (e.click(), true))([...{query}].find({has_text}))",
            f"a click on {text}",
        )

    def fill(self, selector, text):
        """Type a text into a field, in place of what is there."""
        box = f"document.querySelector({json.dumps(selector)})"
        focus = f"{box} && ({box}.focus(), {box}.select(), true)"
        changed = f"{box}.dispatchEvent(new Event('change', {{bubbles: true}}))"

        def type_in():
            # A page that is just drawn anew takes the field away under the text.
            if not self.evaluate(focus):
                return False
            self.command("Input.insertText", text=text)
            self.evaluate(changed)
            return self.evaluate(f"{box}.value.trim()") == text.strip()

        wait_until(type_in, f"{selector} with a text")

    def press(self, selector):
        """Click the first element of a selector."""
        element = f"document.querySelector({json.dumps(selector)})"
        self.wait_for(f"{element} && ({element}.click(), true)", selector)

    def to_front(self):
        """Show this tab; one behind another draws nothing."""
        self.command("Page.bringToFront")

    def picture(self):
        """A PNG of what is seen."""
        self.to_front()
        # Two frames later all that was changed is drawn.
        frames = "new Promise(r => requestAnimationFrame(() => "
        frames += "requestAnimationFrame(r)))"
        self.command("Runtime.evaluate", expression=frames, awaitPromise=True)
        data = self.command("Page.captureScreenshot", format="png")["data"]
        return base64.b64decode(data)


class Browser(Tab):
    """A browser with its first tab; a context manager."""

    def __init__(self, program, folder, width=1400, height=900):
        super().__init__((width, height))
        self.profile = folder / "profile"
        self.profile.mkdir()
        command = [program, *ARGUMENTS, f"--user-data-dir={self.profile}"]
        command += [f"--window-size={width},{height}", "about:blank"]
        self.process = Process(command, folder / "chromium.log", name="Chromium")
        self._known = {}

    def __enter__(self):
        try:
            told = self.profile / "DevToolsActivePort"
            wait_until(lambda: told.exists() and told.read_text(), "Chromium")
            self._port = told.read_text().split()[0]
            self._http = requests.Session()
            self._http.trust_env = False
            self.attach(self._next_tab())
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_exc_info):
        self.close()

    def close(self):
        """End the browser."""
        for tab in (self, *self._known.values()):
            if tab and tab.socket:
                tab.socket.close()
        self.process.stop(5)

    def new_tab(self):
        """The tab that the page just opened."""
        description = self._next_tab()
        tab = Tab(self.size)
        tab.attach(description)
        self._known[description["id"]] = tab
        return tab

    def _next_tab(self):
        def unknown():
            url = f"http://{LOCALHOST}:{self._port}/json/list"
            tabs = self._http.get(url, timeout=10).json()
            return [
                tab
                for tab in tabs
                if tab["type"] == "page" and tab["id"] not in self._known
            ]

        tab = wait_until(unknown, "a new tab")[0]
        self._known[tab["id"]] = None
        return tab
