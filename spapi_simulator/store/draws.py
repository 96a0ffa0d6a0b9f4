"""Draws that need a single random number each.

``random.Random`` has methods of these kinds that draw without the slightest bias; the
orders of a page are drawn while a client waits, and these are several times faster.
"""


def pick(rng, choices):
    """One of the choices, a sequence."""
    return choices[int(rng.random() * len(choices))]


def whole(rng, least, most):
    """An integer from ``least`` to ``most``, both included."""
    return least + int(rng.random() * (most - least + 1))
