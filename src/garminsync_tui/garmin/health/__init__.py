"""Health answers into readings: pure functions from a decoded body and the days asked for.

Days without readings are absent from the result. A night belongs to the date on which it ended, so its readings
begin on the evening before. Shapes are recorded from real answers unless a docstring says modelled.
"""
