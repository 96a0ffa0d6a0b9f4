"""Amazon's usage plans: one token bucket per account, application and operation."""

from dataclasses import dataclass


@dataclass
class Bucket:
    """The tokens left at a moment."""

    tokens: float
    at: float


class Quotas:
    """Token buckets with the published plans, scaled by a factor."""

    def __init__(self, clock, plans, factor=1.0):
        self.clock = clock
        self.plans = plans
        self.initial_factor = factor
        self.set_factor(factor)

    def set_factor(self, factor):
        """Scale all plans and fill all buckets again."""
        self.factor = factor
        self._buckets = {}

    def reset(self):
        """Return to the factor of the command line."""
        self.set_factor(self.initial_factor)

    def rate(self, operation):
        """Tokens per second of the simulated clock."""
        return self.plans[operation][0] * self.factor

    def burst(self, operation):
        """The size of the bucket; a factor below one slows, but never empties it."""
        return self.plans[operation][1] * max(1.0, self.factor)

    def take(self, seller_id, application, operation):
        """Use one token; False when there is none."""
        key = (seller_id, application, operation)
        bucket = self._refilled(key)
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def _refilled(self, key):
        now, burst = self.clock.timestamp(), self.burst(key[2])
        bucket = self._buckets.setdefault(key, Bucket(burst, now))
        elapsed = max(0.0, now - bucket.at)
        bucket.tokens = min(burst, bucket.tokens + elapsed * self.rate(key[2]))
        bucket.at = now
        return bucket

    def header(self, operation):
        """The value of x-amzn-RateLimit-Limit: a client counts real seconds."""
        return f"{self.rate(operation) * self.clock.speed:.10g}"

    def describe(self):
        """The plans in force and the tokens left, for the admin interface."""
        operations = {
            name: {"rate": self.rate(name), "burst": self.burst(name)}
            for name in self.plans
        }
        buckets = [
            {
                "seller_id": key[0],
                "operation": key[2],
                "tokens": round(self._refilled(key).tokens, 3),
            }
            for key in list(self._buckets)
        ]
        return {"factor": self.factor, "operations": operations, "buckets": buckets}
