"""Take the screenshots of README and of the Apps page from the running demo plant.

Run by ``make screenshots``; needs the demo server (``make demo``).
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

from dev import demo, paths
from dev.progress import Failure, say

TARGET = paths.ADDON / "static" / "description"
DESKTOP = (1366, 768)
PHONE = (390, 844)
PATIENCE = 60
PROMISE = ".o_data_row .o_sop_promise"
# What to click before a picture is taken, and what has to be there then.
STEPS = {
    "quotation_late": [(PROMISE, ".o_popover")],
    "rule": [(PROMISE, ".o_popover")],
    "levels": [(PROMISE, ".o_popover")],
    "segment": [(".nav-link[name='sop_segment']", ".o_sop_segment")],
}
# Nothing is loading, no transition runs, and the wanted element is there.
READY = """
(() => {
    const found = document.querySelector(%s);
    const busy = document.querySelector('.o_loading_indicator, .o_blockUI, .o_view_sample_data');
    return Boolean(found && !busy && document.readyState === 'complete'
        && [...document.images].every((image) => image.complete));
})()
"""


class Server:
    """The demo over its JSON interface, as one of its users."""

    def __init__(self, url, login):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.call(
            "/web/session/authenticate", {"db": database(), "login": login, "password": login}
        )
        jar = next(h for h in self.opener.handlers if hasattr(h, "cookiejar")).cookiejar
        self.session = next(cookie.value for cookie in jar if cookie.name == "session_id")

    def call(self, route, params):
        """Return the result of a JSON-RPC call."""
        body = json.dumps({"jsonrpc": "2.0", "params": params}).encode()
        request = urllib.request.Request(
            self.url + route, body, {"Content-Type": "application/json"}
        )
        with self.opener.open(request, timeout=PATIENCE) as answer:
            found = json.load(answer)
        if "error" in found:
            raise Failure(found["error"]["data"]["message"])
        return found["result"]

    def find(self, model, domain):
        """Return the id of the first record that fits."""
        ids = self.call(
            "/web/dataset/call_kw",
            {"model": model, "method": "search", "args": [domain], "kwargs": {"limit": 1}},
        )
        if not ids:
            raise Failure(f"The demo has no {model} with {domain}; run make clean demo.")
        return ids[0]


class Browser:
    """Headless Chromium over its debugging protocol."""

    def __init__(self, folder):
        command = ["chromium", "--remote-debugging-port=0", f"--user-data-dir={folder}"]
        command += ["--hide-scrollbars", "--remote-allow-origins=*", "about:blank"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        port = self._wait(lambda: _first_line(Path(folder) / "DevToolsActivePort"))
        address = f"http://127.0.0.1:{port}/json"
        pages = self._wait(lambda: [p for p in _load(address) if p["type"] == "page"])
        self.socket = websocket.create_connection(
            pages[0]["webSocketDebuggerUrl"], timeout=PATIENCE
        )
        self.number = 0
        self.send("Emulation.setTimezoneOverride", timezoneId="Europe/Paris")

    def _wait(self, ask):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if found := ask():
                    return found
            except OSError:
                pass
            time.sleep(0.1)
        raise Failure("The page did not get ready in time.")

    def send(self, method, **params):
        """Send a command and return its result."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.number:
                return answer.get("result", {})

    def evaluate(self, script):
        """Return the value of a script in the page."""
        found = self.send("Runtime.evaluate", expression=script, returnByValue=True)
        return found.get("result", {}).get("value")

    def open(self, server, path, ready, size):
        """Open a page as the user of the server and wait until an element is there."""
        width, height = size
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if size == PHONE else 1,
            mobile=size == PHONE,
        )
        self.send("Emulation.setTouchEmulationEnabled", enabled=size == PHONE)
        self.send("Network.setCookie", name="session_id", value=server.session, url=server.url)
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=server.url + path)
        self.until(ready)

    def until(self, selector):
        """Wait for an element, and for the page to settle."""
        script = READY % json.dumps(selector)
        self._wait(lambda: self.evaluate(script))
        time.sleep(1.0)

    def click(self, selector):
        """Click the middle of the first element that fits, as a mouse does."""
        script = (
            "(() => { const found = document.querySelector(%s); if (!found) return null;"
            " found.scrollIntoView({block: 'center'}); const box = found.getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        middle = self.evaluate(script % json.dumps(selector))
        if not middle:
            raise Failure(f"Nothing to click: {selector}")
        for kind in ("mousePressed", "mouseReleased"):
            self.send(
                "Input.dispatchMouseEvent",
                type=kind,
                x=middle[0],
                y=middle[1],
                button="left",
                clickCount=1,
            )

    def shoot(self, path):
        """Write what the window shows."""
        shot = self.send("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))
        say(f"  {path.name}")

    def close(self):
        """End the browser."""
        self.socket.close()
        self.process.terminate()
        self.process.wait(PATIENCE)


def _first_line(path):
    return path.exists() and path.read_text().split("\n", maxsplit=1)[0]


def _load(address):
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        return json.load(answer)


def database():
    """Return the name of the demo's database."""
    return os.environ.get("SOP_DEMO_DATABASE", demo.NAME)


def address():
    """Return where the demo runs."""
    if os.environ.get("SOP_DEMO_URL"):
        return os.environ["SOP_DEMO_URL"]
    state = demo.running()
    if not state:
        raise Failure("The demo does not run: make demo")
    return state["url"]


FORM, LINE = ".o_form_view .o_field_widget", ".o_list_view .o_data_row"
ACTION = "/odoo/action-sop_bridge.action_sop_"


def main():
    """Take every picture."""
    url = address()
    pictures = [*of_sales(url), *of_production(url), *of_both(url)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            for name, server, path, ready, size in pictures:
                browser.open(server, path, ready, size)
                for click, then in STEPS.get(name, ()):
                    browser.click(click)
                    browser.until(then)
                browser.shoot(TARGET / f"{name}.png")
        finally:
            browser.close()


def of_sales(url):
    """Return (name, server, path, selector of what has to be there, size) of each picture."""
    sales = Server(url, "sales")
    quote = _order(sales, "A part now, the rest later")
    late = _order(sales, "Standard: the same racks")
    ruled = _order(sales, "Rules: four in blue ask")
    levels = _order(sales, "Two levels: the frames wait")
    agreement = sales.find("sop.agreement", [])
    lifted = sales.find(
        "res.partner", [("name", "=like", "Van der Vliet%"), ("is_company", "=", True)]
    )
    return [
        ("quotation", sales, f"/odoo/sales/{quote}", FORM, DESKTOP),
        ("quotation_late", sales, f"/odoo/sales/{late}", FORM, DESKTOP),
        ("quotation_phone", sales, f"/odoo/sales/{quote}", FORM, PHONE),
        ("rule", sales, f"/odoo/sales/{ruled}", FORM, DESKTOP),
        ("levels", sales, f"/odoo/sales/{levels}", FORM, DESKTOP),
        ("segment", sales, f"/odoo/contacts/{lifted}", FORM, DESKTOP),
        ("agreement", sales, f"/odoo/sop-agreements/{agreement}", FORM, DESKTOP),
    ]


def of_production(url):
    """Return the same for planners and the production manager."""
    planner, manager = Server(url, "planner"), Server(url, "production.manager")
    pending = manager.find("sop.exception", [("state", "=", "pending")])
    advice, campaign = planner.find("sop.protection", []), planner.find("sop.campaign", [])
    return [
        ("exception", manager, f"/odoo/sop.exception/{pending}", FORM, DESKTOP),
        ("exception_phone", manager, f"/odoo/sop.exception/{pending}", FORM, PHONE),
        ("slots", planner, f"{ACTION}slot", ".fc-event", DESKTOP),
        ("board", planner, f"{ACTION}capacity_board", "[role=gridcell]", DESKTOP),
        ("board_phone", planner, f"{ACTION}capacity_board", "[role=gridcell]", PHONE),
        ("advice", planner, f"/odoo/sop.protection/{advice}", FORM, DESKTOP),
        ("campaign", planner, f"/odoo/sop.campaign/{campaign}", FORM, DESKTOP),
        ("production", planner, "/odoo/manufacturing", LINE, DESKTOP),
    ]


def of_both(url):
    """Return the same for administrator and coordinator."""
    admin, coordinator = Server(url, "admin"), Server(url, "coordinator")
    return [
        ("first_steps", admin, f"{ACTION}first_steps", ".o_sop_step", DESKTOP),
        ("segments", coordinator, f"{ACTION}segments", ".o_sop_segments canvas", DESKTOP),
    ]


def _order(server, reference):
    return server.find(
        "sale.order",
        [("client_order_ref", "=", reference), ("state", "in", ("draft", "sent"))],
    )


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        say(f"\n{failure}")
        sys.exit(1)
