"""What the simulator does by itself once its clock has reached a moment.

What is due is done when real time has come so far and before each request, since a
request may follow a jump of the clock. Long work is cut into slices, between which
the server answers requests.
"""

import asyncio
import heapq
import itertools
from collections import deque

#: So much of long work is done at once: small jobs are over when they are due.
FIRST_SLICES = 16
_OVER = object()


class Agenda:
    """Work that waits for its moment, in the order of the moments."""

    def __init__(self, clock):
        self.clock = clock
        self._numbers = itertools.count()
        self._waiting = []
        self._begun = deque()
        self._worker = None

    def clear(self):
        """Forget all that is still to be done."""
        self._waiting.clear()
        self._begun.clear()

    def at(self, moment, work):
        """Do ``work`` once the clock shows ``moment`` (seconds since the epoch).

        ``work`` takes no arguments. A generator function is long work: it yields
        where others may go on.
        """
        heapq.heappush(self._waiting, (moment, next(self._numbers), work))
        self._wake_at(moment)

    def _wake_at(self, moment):
        seconds = self.clock.real_seconds(moment - self.clock.timestamp())
        asyncio.get_running_loop().call_later(max(0.0, seconds), self.settle)

    def retime(self):
        """Wake at the right real times again after the clock changed its speed."""
        for moment, _number, _work in self._waiting:
            self._wake_at(moment)

    def settle(self):
        """Do what is due; of long work a beginning, the rest in between requests."""
        left = FIRST_SLICES
        while self._waiting and self._waiting[0][0] <= self.clock.timestamp():
            slices = heapq.heappop(self._waiting)[2]()
            if slices is not None:
                left = self._begin(slices, left)

    def _begin(self, slices, left):
        """Do at most ``left`` slices; returns how many may still be done."""
        # Later work waits for earlier work: feeds are applied in their order.
        while left and not self._begun:
            left -= 1
            if _is_over(slices):
                return left
        self._begun.append(slices)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.get_running_loop().create_task(self._go_on())
        return 0

    async def _go_on(self):
        while self._begun:
            if _is_over(self._begun[0]):
                self._begun.popleft()
            await asyncio.sleep(0)


def _is_over(slices):
    """Do one slice of long work; whether that was the last."""
    return next(slices, _OVER) is _OVER
