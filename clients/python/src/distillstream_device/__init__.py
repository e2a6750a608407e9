"""A device of a Distillstream pipeline: follows its updates over HTTP and answers texts."""

from .device import Device
from .errors import DeviceError
from .model import Answer

__all__ = ["Answer", "Device", "DeviceError"]
