"""What rules notify of, handed on to the channels that the operator has configured."""

from assist.notifications.body import READ, pushed_before
from assist.notifications.heard_store import HeardStore
from assist.notifications.notifier import Channel, Notifier

__all__ = ["READ", "Channel", "HeardStore", "Notifier", "pushed_before"]
