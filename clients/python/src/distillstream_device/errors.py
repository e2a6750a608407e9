"""What can go wrong, each told in one line."""


class DeviceError(Exception):
    """The device cannot do what it was asked for; the message says why."""


class UnusableUpdate(DeviceError):
    """An update must not answer on this device, however often it is tried."""


class GatewayError(OSError):
    """A gateway answered, but not with what was asked for."""

    def __init__(self, status: int, path: str, retry_after: float, said: str) -> None:
        super().__init__(f"{path} was answered with {status}{': ' + said if said else ''}")
        self.status = status
        self.retry_after = retry_after

    @property
    def is_final(self) -> bool:
        """Whether the same request will be answered so for ever."""
        return 400 <= self.status < 500 and self.status not in (401, 403, 404, 408, 429)
