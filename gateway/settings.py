"""Everything that can be configured: environment variables ``LIVECUE_…`` (nested with ``__``) or a ``.env`` file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.model_settings import AsrSettings, JudgeSettings, NluSettings, SummarySettings
from gateway.push_settings import CHANNEL_NAME, ChannelSettings, WebhookSettings
from gateway.setting_group import Count, Group, Positive
from gateway.source_settings import SourcesSettings

SOURCE_ROOT = Path(__file__).resolve().parent.parent
"""The checkout, or the private directory of an installed copy."""


def default_data_dir() -> Path:
    """``var`` in a source checkout; the user's data directory for an installed copy."""
    if (SOURCE_ROOT / "pyproject.toml").is_file():
        return SOURCE_ROOT / "var"
    return Path(platformdirs.user_data_dir("livecue", appauthor=False))


class LimitSettings(Group):
    """Bounds of calls and sockets."""

    max_calls: Count = 64
    """Live calls; more are refused with `overloaded`."""
    softphone_calls: Count = 2
    """Calls of the softphone page that a user may have at a time, with those that wait to be resumed."""
    max_call_s: Positive = 4 * 3600.0
    """Longest call in seconds; then it is closed with `max-length`."""
    final_wait_s: Positive = 2.0
    """New calls are refused once finals (p95 of the last ten seconds), or sound, wait longer than this."""
    recogniser_share: Positive = 0.8
    """New calls are refused that would fill more of the recogniser's time, with partials at their rarest; 1 is all."""
    customers_s: Positive = 2.0
    """How long in seconds a customer directory may take to answer; calls never wait for it."""
    grace_s: Positive = 30.0
    """How long in seconds a call waits for its phone platform to come back."""
    open_timeout_s: Positive = 10.0
    """How long in seconds a connected phone platform may take to open its call."""
    ahead_s: Positive = 120.0
    """How many seconds longer than a live call its sound may be; then `too-fast`."""
    lane_audio_ms: Count = 2_000
    """Audio per party held in memory while recognition is behind, in milliseconds; the rest waits on disk."""
    text_messages_per_s: Count = 50
    """Text messages a phone platform or a desk may send in a second."""
    desk_queue: Count = 256
    """Events that may wait for one desk."""
    desk_stall_s: Positive = 10.0
    """How old in seconds the oldest unsent event of a desk may get before it is closed with 4408."""
    body_bytes: Count = 1024 * 1024
    """Largest body of an HTTP request, in bytes."""
    frame_bytes: Count = 1024 * 1024
    """Largest websocket frame, in bytes."""
    shutdown_s: Positive = 20.0
    """How long in seconds a stopping service waits for its calls and sockets."""


class ExperimentSettings(Group):
    """What prompts are worth."""

    hold_outs: bool = True
    """Prompts are held out of calls as playbooks say; false: every call gets every prompt, as in demonstrations."""
    review_s: Positive = 3_600.0
    """How many seconds apart the figures are reviewed: harmful prompts muted, variants weighed."""
    reach_weeks: Count = 26
    """How many weeks back calls count in a review."""
    max_calls: Count = 100_000
    """Calls of a playbook that a review or a report reads, the newest."""


class AudioSettings(Group):
    """Where recordings of closed calls are kept (see docs/operations.md)."""

    store: str = ""
    """`s3://BUCKET` or `s3://BUCKET/PREFIX`, on a server that speaks S3; empty: files under the data directory."""
    endpoint: str = ""
    """Address of a server that is not Amazon's, such as `https://minio.example.com:9000`."""
    region: str = ""
    """Empty: as the environment says."""
    access_key: str = ""
    """Empty: keys of the environment, as AWS's own tools find them."""
    secret_key: SecretStr = SecretStr("")
    copies_mb: Count = 2_048
    """Room in megabytes for copies of recordings that were heard lately."""


class RetentionSettings(Group):
    """How long calls are kept; a legal hold keeps them longer (see docs/operations.md)."""

    calls_days: float = Field(default=0.0, ge=0)
    """Days after which closed calls without standing flags are removed; 0: never."""
    flagged_days: float = Field(default=0.0, ge=0)
    """Days after which closed calls with standing flags are removed; 0: never."""
    sound_days: float = Field(default=0.0, ge=0)
    """Days after which recordings are removed, the calls staying; 0: with their calls."""
    every_s: Positive = 3_600.0
    """How many seconds apart the service looks for what has expired."""


class ReviewSettings(Group):
    """Which calls people review, and in what time (see docs/qa.md)."""

    risk_calls: int = Field(default=20, ge=0)
    """Calls of highest risk that are drawn from each day's."""
    random_calls: int = Field(default=20, ge=0)
    """Calls that are drawn by lot from the others of each day; with `risk_calls` 0, too, nothing is drawn by itself."""
    seed: SecretStr = SecretStr("")
    """What the lot depends on: the same calls and seed draw the same; empty: each draw makes its own, and keeps it."""
    draw_hour: int = Field(default=3, ge=0, le=23)
    """Hour of the next day, in `time_zone`, from which a day is drawn from."""
    every_s: Positive = 60.0
    """How many seconds apart the service looks for what is to be drawn and what has lapsed."""
    score_days: Positive = 3.0
    """Days that a reviewer has for a call."""
    answer_days: Positive = 3.0
    """Days in which an agent may appeal against a score or a decision; then it stands."""
    decide_days: Positive = 3.0
    """Days in which an appeal is to be decided."""
    acknowledge_days: Positive = 7.0
    """Days in which an agent is to acknowledge a coaching note."""


class PrivacySettings(Group):
    """What becomes of private words in stored calls (see docs/privacy.md)."""

    mask: bool = True
    """Store logs masked, with what is masked encrypted beside them; calls that are stored already stay as they are."""
    keys_file: Path | None = None
    """Keys of masked words, readable by their owner alone; empty: `private.keys` in `data_dir`, made at first use."""


class SessionSettings(Group):
    """Logging in."""

    lifetime_s: Positive = 12 * 3600.0
    """How long in seconds a log-in lasts."""
    failed_logins: Count = 5
    """Failed attempts per name and address within the window; then log-ins are refused."""
    failed_login_window_s: Positive = 300.0
    """Window of the failed attempts in seconds."""


class LogSettings(Group):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe level that is written."""
    format: Literal["auto", "json", "console"] = "auto"
    """`json` lines, `console` for people, `auto`: console on a terminal."""
    pii: bool = False
    """Write attributes that name people; what was said is never written."""


class Settings(BaseSettings):
    """All settings of one Livecue process; read once, then passed on."""

    model_config = SettingsConfigDict(
        env_prefix="LIVECUE_",
        env_nested_delimiter="__",
        env_file=".env",
        extra="ignore",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    host: str = "127.0.0.1"
    """Address to listen on; everything but loopback needs `public_url`."""
    port: int = Field(default=8765, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    public_url: str | None = None
    """Address that browsers use, such as `https://cue.example.com`; its host is accepted and its origin trusted."""
    trusted_proxy: bool = False
    """Behind a proxy that is the only way in: believe its `X-Forwarded-For` where failed log-ins are counted, and its
    `X-Forwarded-Proto` and `X-Forwarded-Host` for signatures where `public_url` is not set (see docs/operations.md)."""
    allowed_origins: tuple[str, ...] = ()
    """More origins whose pages may use the service, as a JSON list."""
    data_dir: Path = Field(default_factory=default_data_dir)
    """Everything Livecue writes: database, audio, call spool."""
    models_dir: Path = Field(default_factory=lambda: default_data_dir() / "models")
    """Weights of the models; does not follow `data_dir`, so that several data directories share them."""
    playbooks_dir: Path = SOURCE_ROOT / "examples" / "playbooks"
    """Directory of the playbooks; changes are taken over while running."""
    playbook: str = "telecom"
    """Name of the playbook for calls that name none."""
    store: str = ""
    """Database URL: `sqlite:///PATH` or `postgresql+asyncpg://…`; empty: SQLite in `data_dir`."""
    bus: str = "memory"
    """Event bus: `memory` or `redis://…`."""
    time_zone: str = "Asia/Shanghai"
    """Where the hotline is: 明天下午三点 in a promise is told in this zone."""
    customers: str = ""
    """Customer directory: `csv:PATH`, `sqlite:PATH?table=NAME` or `https://…`; empty: none (see docs/customers.md)."""
    customers_token: SecretStr = SecretStr("")
    """Bearer token for a customer directory behind HTTP."""
    metrics: bool = True
    """Serve `/metrics`."""
    asr: AsrSettings = AsrSettings()
    nlu: NluSettings = NluSettings()
    limits: LimitSettings = LimitSettings()
    experiments: ExperimentSettings = ExperimentSettings()
    privacy: PrivacySettings = PrivacySettings()
    audio: AudioSettings = AudioSettings()
    retention: RetentionSettings = RetentionSettings()
    reviews: ReviewSettings = ReviewSettings()
    session: SessionSettings = SessionSettings()
    log: LogSettings = LogSettings()
    summary: SummarySettings = SummarySettings()
    judge: JudgeSettings = JudgeSettings()
    webhook: WebhookSettings = WebhookSettings()
    channels: dict[str, ChannelSettings] = {}
    sources: SourcesSettings = SourcesSettings()

    @field_validator("public_url", "allowed_origins")
    @classmethod
    def _are_origins(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        origins = [value] if isinstance(value, str) else value or ()
        for origin in origins:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
                raise ValueError(f"{origin!r} must look like https://host or http://host:port, without a path")
        if isinstance(value, str):
            return value.rstrip("/")
        return value

    @field_validator("channels")
    @classmethod
    def _have_names(cls, value: dict[str, ChannelSettings]) -> dict[str, ChannelSettings]:
        if strange := next((name for name in value if not CHANNEL_NAME.fullmatch(name)), None):
            raise ValueError(f"{strange!r} is no name of a channel: small letters, digits, - and _, a letter first")
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no time zone of this machine, such as Asia/Shanghai or UTC") from error
        return value

    @model_validator(mode="after")
    def _is_reachable(self) -> Self:
        if self.host not in ("127.0.0.1", "::1", "localhost") and self.public_url is None:
            raise ValueError(
                "listening beyond this machine needs LIVECUE_PUBLIC_URL, the address browsers will use,"
                " so that foreign hosts and origins can be told apart"
            )
        return self

    @model_validator(mode="after")
    def _has_a_judge(self) -> Self:
        if self.judge.enabled and not self.summary.url:
            raise ValueError("judge.enabled needs the model that summary.url and summary.model name")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """In which the hotline tells the time."""
        return ZoneInfo(self.time_zone)

    @property
    def store_url(self) -> str:
        """The database in use."""
        return self.store or f"sqlite:///{self.default_database}"

    @property
    def default_database(self) -> Path:
        """The database where the settings name none."""
        return self.data_dir / "livecue.db"

    @property
    def spool_dir(self) -> Path:
        """Working files of live calls."""
        return self.data_dir / "spool"

    @property
    def wrap_ups_dir(self) -> Path:
        """Wrap-ups that wait to be handed on."""
        return self.data_dir / "wrap-ups"

    @property
    def notifications_dir(self) -> Path:
        """Notifications that wait to be handed on."""
        return self.data_dir / "notifications"

    @property
    def meanings_dir(self) -> Path:
        """What the model makes of the sentences of playbooks; may be removed at any time."""
        return self.models_dir / "meanings"

    @property
    def audio_dir(self) -> Path:
        """Sound of closed calls."""
        return self.data_dir / "audio"

    @property
    def audio_copies_dir(self) -> Path:
        """Copies of recordings that are kept elsewhere."""
        return self.data_dir / "audio-copies"

    @property
    def played_dir(self) -> Path:
        """Sound of closed calls without their private words."""
        return self.data_dir / "played"

    @property
    def private_keys_path(self) -> Path:
        """The file of the keys of masked words."""
        return self.privacy.keys_file or self.data_dir / "private.keys"

    @property
    def cli_key_path(self) -> Path:
        """API key of this machine's command line."""
        return self.data_dir / "cli-key"

    @property
    def is_https(self) -> bool:
        """Whether browsers come over TLS, so that cookies are marked Secure."""
        return self.public_url is not None and self.public_url.startswith("https://")
