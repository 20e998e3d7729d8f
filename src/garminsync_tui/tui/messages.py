"""What is told inside the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from ..jobs.run import Progress


class ProgressMade(Message):
    """A job of this process is further. A newer one of the same job replaces one that waits."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress

    def can_replace(self, message: Message) -> bool:
        """Whether `message`, which waits in the queue, says less than this one."""
        return isinstance(message, ProgressMade) and message.progress.job_id == self.progress.job_id
