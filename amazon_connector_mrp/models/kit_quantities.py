"""How many kits some components make; plain arithmetic.

Both arguments are ``{product: quantity}``, in the products' own units: what one kit
needs, and what there is.
"""

import math

# Odoo rounds a component's quantity, so that the last piece of it may be missing.
SHARE_THAT_MAY_MISS = 0.1
FLOAT_NOISE = 1e-6


def count_complete(needs, quantities):
    """Return how many kits are complete, a whole number."""
    return min(
        (
            math.floor(_count_kits(product, need, quantities, 1))
            for product, need in needs.items()
        ),
        default=0,
    )


def count_begun(needs, quantities):
    """Return how many kits at least one component is there of, a whole number."""
    return max(
        (
            math.ceil(_count_kits(product, need, quantities, -1))
            for product, need in needs.items()
        ),
        default=0,
    )


def get_loose(needs, quantities):
    """Return ``{product: quantity}`` that is in no complete kit."""
    complete = count_complete(needs, quantities)
    loose = {
        product: quantities.get(product, 0) - complete * need
        for product, need in needs.items()
    }
    return {
        product: quantity
        for product, quantity in loose.items()
        if quantity > _get_tolerance(product, needs[product])
    }


def _count_kits(product, need, quantities, direction):
    """Return for how many kits one component suffices, a float not below 0."""
    tolerance = _get_tolerance(product, need) * direction
    return max((quantities.get(product, 0) + tolerance) / need, 0)


def _get_tolerance(product, need):
    rounded = min(product.uom_id.rounding / 2, need * SHARE_THAT_MAY_MISS)
    return rounded + need * FLOAT_NOISE
