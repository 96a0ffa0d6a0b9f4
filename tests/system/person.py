"""A person at the screen, whose clicks are counted.

They see what is drawn and press where it is, with a real mouse and a real keyboard:
what is covered or off the page cannot be pressed, and what is typed goes where the
focus is. Each click and each Enter counts; typing and the Tab key do not.
"""

import json

from shop import wait_until

# What shows the text; inside what shows another one, where that is asked for.
FIND = """(([selector, text, place, inside]) => {
    const found = [...document.querySelectorAll(selector)].find(e =>
        e.getClientRects().length
        && (text === null || e.textContent.trim() === text)
        && (place === null || e.closest(place)?.innerText.includes(inside)));
    if (!found) return null;
    found.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
    const box = found.getClientRects()[0];
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    return found.contains(document.elementFromPoint(x, y)) ? [x, y].join() : null;
})(%s)"""


class Person:
    """Somebody who works in the browser.

    :ivar int clicks: how often they clicked or pressed Enter since they arrived
    """

    def __init__(self, browser):
        self.browser = browser
        self.clicks = 0

    def arrive(self, url, selector):
        """Open the page where the day begins; nothing is counted before."""
        self.browser.open(url)
        self.see(selector)
        self.clicks = 0

    def see(self, selector, text=""):
        """Wait until something shows a text; return all of its text."""
        query = json.dumps(selector)
        script = (
            f"[...document.querySelectorAll({query})].map(e => e.innerText)"
            f".find(shown => shown.includes({json.dumps(text)})) ?? null"
        )
        is_there = f"({script}) !== null"
        self.browser.wait_for(is_there, f"{text!r} in {selector}")
        return self.browser.evaluate(script)

    def see_no(self, selector):
        """Wait until nothing of it is there."""
        gone = f"document.querySelector({json.dumps(selector)}) === null"
        self.browser.wait_for(gone, f"the end of {selector}")

    def click(self, selector, text=None, inside=(None, None)):
        """Click what a selector finds.

        :param str text: all that it says
        :param inside: a selector of what is around it, and a text that is there
        """
        what = f"{text or selector} to click, inside {inside}"
        script = FIND % json.dumps([selector, text, *inside])
        before = None

        def find():
            nonlocal before
            # What moves or is drawn anew is missed.
            place, before = before, self.browser.evaluate(script)
            return before if before and before == place else None

        x, y = map(float, wait_until(find, what).split(","))
        self.clicks += 1
        self._mouse("mouseMoved", x, y)
        for event in ("mousePressed", "mouseReleased"):
            self._mouse(event, x, y, button="left", clickCount=1)

    def write(self, text, into):
        """Type where the focus is, which has to be there by now.

        :param str into: selector of what has the focus
        """
        focused = f"document.activeElement?.matches({json.dumps(into)})"
        self.browser.wait_for(focused, f"the focus in {into}")
        self.browser.evaluate("document.activeElement.select()")
        self.browser.command("Input.insertText", text=text)

    def choose(self, name, into):
        """Type a record's name and take, by Tab, what is proposed first."""
        self.write(name, into)
        proposed = ".o-autocomplete--dropdown-item .ui-state-active, "
        proposed += ".o-autocomplete--dropdown-item a.ui-state-active"
        self.see(proposed, name)
        self._key("Tab", 9)

    def enter(self):
        """Press Enter."""
        self.clicks += 1
        self._key("Enter", 13, text="\r")

    def _mouse(self, event, x, y, **more):
        self.browser.command("Input.dispatchMouseEvent", type=event, x=x, y=y, **more)

    def _key(self, key, code, **more):
        named = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        down = "keyDown" if more else "rawKeyDown"
        self.browser.command("Input.dispatchKeyEvent", type=down, **named, **more)
        self.browser.command("Input.dispatchKeyEvent", type="keyUp", **named)
