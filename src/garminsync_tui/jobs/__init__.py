"""The durable queue, the runner and the schedule."""
