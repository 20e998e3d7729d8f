"""A complete, verifiable copy of your Garmin Connect data, from a terminal."""

__version__ = "0.1.0"
