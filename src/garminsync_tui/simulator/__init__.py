"""A Garmin Connect on loopback with a synthetic athlete and faults on demand, for the demo and the tests."""

from .faults import Fault, parse_fault
from .server import Simulator

__all__ = ["Fault", "Simulator", "parse_fault"]
