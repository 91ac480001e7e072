"""Ids that sort by the time they were made: UUID version 7 (RFC 9562, section 5.7)."""

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> str:
    """Return a new UUIDv7 as text; later calls of one process sort after earlier ones."""
    global _last
    with _lock:
        # 48 bits of milliseconds and 12 bits of their fraction; a tie counts up instead (RFC 9562, 6.2 method 3)
        nanoseconds = time.time_ns()
        _last = max(_last + 1, (nanoseconds // 1_000_000 << 12) | (nanoseconds % 1_000_000 << 12) // 1_000_000)
        milliseconds, fraction = _last >> 12, _last & 0xFFF
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return str(uuid.UUID(int=(milliseconds << 80) | (7 << 76) | (fraction << 64) | (2 << 62) | tail))
