"""What a device does over and over, and how it tells of what fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from .errors import GatewayError
from .gateway import Pauses

log = logging.getLogger(__name__)


class Trouble:
    """Something that fails over and over, and is told once for each reason."""

    def __init__(self, what: str) -> None:
        self._what, self._told = what, ""

    def tell(self, failure: Exception) -> None:
        """It failed."""
        reason = " ".join(str(failure).split()) or repr(failure)
        if reason != self._told:
            log.warning("%s: %s", self._what, reason)
        self._told = reason

    def over(self) -> None:
        """It no longer fails."""
        self._told = ""


class Duty:
    """One of the things that a device does over and over."""

    def __init__(self, failure: str, step: Callable[[], None]) -> None:
        self._trouble, self._step = Trouble(failure), step
        self._pauses, self._not_before = Pauses(1, 30), 0.0

    def attempt(self) -> None:
        """Takes the step, unless it pauses."""
        if time.monotonic() < self._not_before:
            return
        try:
            self._step()
        except Exception as e:  # Whatever it is, the device must not give up.
            self._trouble.tell(e)
            asked = e.retry_after if isinstance(e, GatewayError) else 0.0
            self._not_before = time.monotonic() + self._pauses.next(asked)
        else:
            self._trouble.over()
            self._pauses.reset()
