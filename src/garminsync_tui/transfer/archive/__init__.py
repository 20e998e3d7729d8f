"""The JSON of an account archive, put into the shapes of Garmin's answers, so that the same readers read it.

Modelled after what public importers read from real archives; none was at hand. Every field is optional.
"""
