"""Every error Livecue raises on purpose.

    LivecueError
    ├── InputError                 the peer or user sent something unusable
    │   ├── AudioFormatError       audio that cannot be decoded as declared
    │   ├── ProtocolError          a message that the protocol does not allow here
    │   ├── AuthenticationError    who is calling is not known
    │   ├── PermissionDeniedError  who is calling may not do this
    │   ├── NotFoundError          the named thing does not exist
    │   └── PlaybookError          a playbook that cannot be used, with file and line
    ├── ConfigurationError         settings or installation that cannot work
    │   └── ModelFilesError        model files missing, damaged or unknown
    └── UnavailableError           valid request that cannot be served now
        ├── OverloadedError        refused to keep accepted calls good; retry later
        ├── DeadlineError          the result would have come too late to be useful
        ├── RecogniserError        the recogniser failed on this input
        ├── StoreError             the store cannot be read or written
        ├── CustomersError         the customer directory cannot answer
        ├── WebhookError           a receiver did not take what was handed on
        ├── LanguageModelError     a language model did not answer
        ├── SummaryError           a model did not write a summary that can be used
        └── SlowSubscriberError    a subscriber fell behind its bound; resume from snapshot and seq

Each carries a stable kebab-case ``code`` (documented in docs/errors.md) and a sentence saying what to do.
Peers get ``code`` and ``message``, never the cause.
"""

from __future__ import annotations


class LivecueError(Exception):
    """Base of the tree; ``code`` is stable, ``message`` is safe to show to a peer."""

    default_code = "internal-error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code


class InputError(LivecueError):
    default_code = "bad-input"


class AudioFormatError(InputError):
    default_code = "bad-audio"


class ProtocolError(InputError):
    default_code = "bad-message"


class AuthenticationError(InputError):
    default_code = "not-authenticated"


class PermissionDeniedError(InputError):
    default_code = "not-permitted"


class NotFoundError(InputError):
    default_code = "not-found"


class PlaybookError(InputError):
    """A playbook that cannot be used; ``path`` and 1-based ``line`` point at the place, ``reason`` leaves it out."""

    default_code = "bad-playbook"

    def __init__(self, message: str, *, code: str | None = None, path: str = "", line: int | None = None) -> None:
        place = f"{path}:{line}: " if line is not None else f"{path}: " if path else ""
        super().__init__(place + message, code=code)
        self.path = path
        self.line = line
        self.reason = message


class ConfigurationError(LivecueError):
    default_code = "bad-configuration"


class ModelFilesError(ConfigurationError):
    default_code = "bad-model-files"


class UnavailableError(LivecueError):
    default_code = "unavailable"


class OverloadedError(UnavailableError):
    """Refused so that accepted calls stay good; ``retry_after_s`` tells when to try again."""

    default_code = "overloaded"

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: float = 5.0) -> None:
        super().__init__(message, code=code)
        self.retry_after_s = retry_after_s


class DeadlineError(UnavailableError):
    default_code = "deadline-missed"


class RecogniserError(UnavailableError):
    default_code = "recogniser-failed"


class StoreError(UnavailableError):
    default_code = "store-unavailable"


class CustomersError(UnavailableError):
    default_code = "customers-unavailable"


class WebhookError(UnavailableError):
    """A receiver did not take what was handed on; ``is_final``: it never will."""

    default_code = "webhook-unreachable"

    def __init__(self, message: str, *, code: str | None = None, is_final: bool = False) -> None:
        super().__init__(message, code=code)
        self.is_final = is_final


class LanguageModelError(UnavailableError):
    default_code = "language-model-unreachable"


class SummaryError(UnavailableError):
    default_code = "summary-unreachable"


class SlowSubscriberError(UnavailableError):
    default_code = "subscriber-too-slow"
