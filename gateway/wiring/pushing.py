"""What is handed on to others: wrap-ups once calls are over, and what rules notify of."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial

from assist.chat import ChatModel
from assist.closed_logs import LONGEST_LOG
from assist.notifications import READ, Channel, Notifier, pushed_before
from assist.ports import CallStore
from assist.pushing.outbox import Outbox
from assist.pushing.pusher import RetryLimits
from assist.pushing.webhook import Webhook, open_webhook
from assist.supervisor import Supervisor
from assist.wrapup.afterwards import Afterwards
from assist.wrapup.endpoint import Endpoint
from assist.wrapup.pusher import PushLimits, WrapUpPusher
from gateway.push_settings import ReceiverSettings, WebhookSettings
from gateway.settings import Settings

MOST_WAITING = 10_000
"""Notifications, of all channels."""


async def open_afterwards(
    stack: AsyncExitStack,
    settings: Settings,
    chat: ChatModel | None,
    store: CallStore,
    supervisor: Supervisor,
    *,
    hands_on: bool = True,
) -> Afterwards:
    """What happens to wrap-ups, as the settings want it; what it needs is closed with ``stack``.

    ``chat``: the model that writes them; None: the template alone. ``hands_on``: whether anybody gets them.
    """
    read, record = partial(store.envelopes, limit=LONGEST_LOG), supervisor.record_after
    webhook, pusher = settings.webhook, None
    writer = Endpoint(chat, timeout_s=settings.summary.timeout_s) if chat else None
    if webhook.url and hands_on:
        outbox = await asyncio.to_thread(Outbox, settings.wrap_ups_dir)
        door = await _door(stack, webhook)
        pusher = WrapUpPusher(outbox, door, read=read, record=record, limits=push_limits(webhook))
    return Afterwards(read=read, record=record, writer=writer, pusher=pusher)


async def open_notifier(
    stack: AsyncExitStack, settings: Settings, store: CallStore, supervisor: Supervisor
) -> Notifier:
    """What hands on what rules notify of, as the settings want it; what it needs is closed with ``stack``."""
    outbox = await asyncio.to_thread(partial(Outbox, settings.notifications_dir, limit=MOST_WAITING))
    channels = {
        name: Channel(await _door(stack, receiver), retry_limits(receiver))
        for name, receiver in settings.channels.items()
    }
    return Notifier(
        outbox,
        channels,
        read=partial(store.envelopes, limit=LONGEST_LOG, types=READ),
        record=lambda call_id, make: supervisor.record(call_id, make, pushed_before),
    )


def push_limits(settings: WebhookSettings) -> PushLimits:
    """The settings as the pusher of wrap-ups wants them."""
    return PushLimits(unconfirmed_after_s=settings.unconfirmed_after_min * 60, retry=retry_limits(settings))


def retry_limits(settings: ReceiverSettings) -> RetryLimits:
    """The settings as any pusher wants them."""
    return RetryLimits(
        max_attempts=settings.max_attempts,
        retry_first_s=settings.retry_first_s,
        retry_most_s=settings.retry_most_s,
    )


async def _door(stack: AsyncExitStack, receiver: ReceiverSettings) -> Webhook:
    secret = receiver.secret.get_secret_value()
    return await stack.enter_async_context(open_webhook(receiver.url, secret=secret, timeout_s=receiver.timeout_s))
