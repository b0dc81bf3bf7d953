"""Why a job could not do its work.

JobError
├── CollectionBusy   another process is collecting
├── NothingCollected there are no prices yet, so there is nothing to brief about
├── NotDeliverable   sending was asked for, but a recipient or the mail server is missing
└── Unpublishable    even the template's text did not pass the verifier; a defect, never published
"""

from agent.errors import CoinbriefError


class JobError(CoinbriefError):
    """A job could not do its work."""


class CollectionBusy(JobError):
    """Another process is collecting."""


class NothingCollected(JobError):
    """There are no prices yet."""


class NotDeliverable(JobError):
    """Sending was asked for, but something it needs is not configured."""


class Unpublishable(JobError):
    """A text failed its own check."""
