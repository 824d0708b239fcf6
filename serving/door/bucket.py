"""A token bucket that is paid afterwards: what a request turned out to cost may leave it in debt.

How many records a request has is known once its body is read. So it comes in where one token is
there, and what it cost besides is taken when it ends; while the bucket is in debt nobody comes in.
"""

from dataclasses import dataclass, field


@dataclass
class Bucket:
    """Tokens that come back at a steady rate, up to a size.

    Attributes
    ----------
    per_second
        Tokens that come back; 0: there is no limit.
    size
        Most that are there.
    """

    per_second: float
    size: float
    level: float = field(init=False)
    at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.level = self.size

    def wait(self, now: float) -> float:
        """Return the seconds until a token is there; 0 where one is.

        >>> bucket = Bucket(per_second=2.0, size=4.0)
        >>> bucket.take(7, 0.0), bucket.wait(0.0), bucket.wait(1.5)
        (None, 2.0, 0.5)
        """
        if not self.per_second:
            return 0.0
        self._refill(now)
        return max(0.0, (1.0 - self.level) / self.per_second)

    def take(self, tokens: float, now: float) -> None:
        """Take tokens, whether they are there or not."""
        if self.per_second:
            self._refill(now)
            self.level -= tokens

    def full_in(self) -> float:
        """Return the seconds until it is full again, as of the last look."""
        return (self.size - self.level) / self.per_second if self.per_second else 0.0

    def resize(self, per_second: float, size: float) -> None:
        """Change rate and size; a debt stays, and what is above the new size is lost."""
        if per_second and not self.per_second:
            self.level, self.at = size, None
        self.per_second, self.size = per_second, size
        self.level = min(self.level, size)

    def _refill(self, now: float) -> None:
        # Threads come in any order: time that was counted once is not counted again.
        since = now if self.at is None else self.at
        self.level = min(self.size, self.level + max(0.0, now - since) * self.per_second)
        self.at = max(now, since)
