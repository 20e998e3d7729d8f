"""Structured workouts: what they are, how people write them, and how Garmin stores them. No database, no network."""
