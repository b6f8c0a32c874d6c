"""The vocabulary: everything that can happen in a call, as frozen typed messages.

``Event`` is the tagged union (discriminated by ``type``); ``Envelope`` is the only thing that is logged, bussed,
stored or sent. Positions are integer milliseconds on the call clock: samples received plus declared gaps, never a
wall clock. Wall time is an aware UTC ``datetime`` called ``at``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, TypeAdapter

from assist.messages.advice import (
    Because,
    DeskOutcome,
    Evidence,
    Flag,
    Lack,
    Prompt,
    PromptKind,
    PromptLeftOut,
    PromptOutcome,
    PromptUpdated,
    Severity,
    Verdict,
)
from assist.messages.attention import AgentHour, PromptLimit, PromptsLimited
from assist.messages.common import Message, Party, TermSource
from assist.messages.customers import (
    CustomerLookedUp,
    CustomerTag,
    CustomerTagged,
    FieldGroup,
    ProfileField,
    TagTone,
)
from assist.messages.experiments import Arm, Assignment, ExperimentsAssigned
from assist.messages.heard import CueHeard, CustomerReaction, Reaction, Result, SaleOutcome
from assist.messages.history import (
    CallRepeated,
    CustomerHistory,
    PastCall,
    PastOffer,
    PastReason,
    PromiseSettled,
    StandingPromise,
)
from assist.messages.judged import Judgement
from assist.messages.life import (
    Agent,
    AudioGap,
    CallClosed,
    CallDegraded,
    CallDirection,
    CallOpened,
    CallUpdated,
    CloseCause,
    ConversationMeasures,
    Customer,
    DegradedPart,
    GapCause,
    Leg,
    LegLedger,
    LegsExchanged,
    PartyMeasures,
)
from assist.messages.notifications import Notification, NotificationPushed
from assist.messages.pitch import Objection, Pitch, PitchReason, RankedOffer
from assist.messages.privacy import PrivateKind, PrivateSpan
from assist.messages.remarks import LineCorrected, NoteLeft, NoteRemoved
from assist.messages.reviews import (
    REVIEW_EVENTS,
    AppealDecided,
    AppealLevel,
    AppealMade,
    AppealOutcome,
    AppealPoint,
    AutoBecause,
    CoachingAcknowledged,
    CoachingNoted,
    ItemChange,
    ItemScore,
    ReviewEvent,
    ReviewKind,
    ReviewMoved,
    ReviewOpened,
    ReviewOrigin,
    ReviewScored,
    ReviewState,
    ReviewStep,
    RightVerdict,
    RiskCode,
    RiskReason,
    RuleError,
)
from assist.messages.selling import Hold, NeedHeard, OfferHeldBack
from assist.messages.signals import (
    ActSignal,
    EmotionEvidence,
    EmotionSignal,
    EnergySignal,
    EntitySignal,
    IntentSignal,
    MeaningSignal,
    OvertalkSignal,
    PhraseSignal,
    RoleSignal,
    Signal,
    SilenceSignal,
    SpeechRateSignal,
    TextSignal,
    Trend,
)
from assist.messages.sound import AudioFrame, Term
from assist.messages.speech import (
    Correction,
    Decided,
    PartialTranscript,
    Rewrite,
    RewriteKind,
    SpeakerChange,
    SpeakerLabel,
    SpeakerReading,
    SpeechStarted,
    Utterance,
    UtteranceDropped,
    VoiceReading,
    Word,
)
from assist.messages.wrapup import (
    CallReason,
    CodeHalf,
    Disposition,
    EmotionSummary,
    FeltMoment,
    FilingCode,
    OfferMade,
    OfferReaction,
    Promise,
    PromiseKind,
    WrapUp,
    WrapUpConfirmed,
    WrapUpPart,
    WrapUpPushed,
    WrapUpSentence,
)

Event = Annotated[
    CallOpened
    | CallUpdated
    | CallDegraded
    | CallClosed
    | LegsExchanged
    | ExperimentsAssigned
    | CustomerLookedUp
    | CustomerTagged
    | CustomerHistory
    | CallRepeated
    | AgentHour
    | PromiseSettled
    | AudioGap
    | SpeechStarted
    | PartialTranscript
    | Utterance
    | UtteranceDropped
    | PhraseSignal
    | IntentSignal
    | EmotionSignal
    | ActSignal
    | EntitySignal
    | MeaningSignal
    | RoleSignal
    | SilenceSignal
    | OvertalkSignal
    | SpeechRateSignal
    | EnergySignal
    | NeedHeard
    | OfferHeldBack
    | Prompt
    | PromptUpdated
    | PromptLeftOut
    | PromptsLimited
    | PromptOutcome
    | CueHeard
    | Reaction
    | Result
    | Judgement
    | Flag
    | WrapUp
    | WrapUpConfirmed
    | WrapUpPushed
    | LineCorrected
    | NoteLeft
    | NoteRemoved
    | Notification
    | NotificationPushed
    | ReviewOpened
    | ReviewMoved
    | ReviewScored
    | AppealMade
    | AppealDecided
    | CoachingNoted
    | CoachingAcknowledged,
    Field(discriminator="type"),
]
"""Everything that can be logged."""


class Envelope(Message):
    """One entry of a call's log."""

    call_id: str
    seq: int
    """1, 2, 3 … without gaps within a call"""
    at: datetime
    """Aware UTC wall time of logging."""
    event: Event


envelope_adapter: TypeAdapter[Envelope] = TypeAdapter(Envelope)

__all__ = [
    "REVIEW_EVENTS",
    "ActSignal",
    "Agent",
    "AgentHour",
    "AppealDecided",
    "AppealLevel",
    "AppealMade",
    "AppealOutcome",
    "AppealPoint",
    "Arm",
    "Assignment",
    "AudioFrame",
    "AudioGap",
    "AutoBecause",
    "Because",
    "CallClosed",
    "CallDegraded",
    "CallDirection",
    "CallOpened",
    "CallReason",
    "CallRepeated",
    "CallUpdated",
    "CloseCause",
    "CoachingAcknowledged",
    "CoachingNoted",
    "CodeHalf",
    "ConversationMeasures",
    "Correction",
    "CueHeard",
    "Customer",
    "CustomerHistory",
    "CustomerLookedUp",
    "CustomerReaction",
    "CustomerTag",
    "CustomerTagged",
    "Decided",
    "DegradedPart",
    "DeskOutcome",
    "Disposition",
    "EmotionEvidence",
    "EmotionSignal",
    "EmotionSummary",
    "EnergySignal",
    "EntitySignal",
    "Envelope",
    "Event",
    "Evidence",
    "ExperimentsAssigned",
    "FeltMoment",
    "FieldGroup",
    "FilingCode",
    "Flag",
    "GapCause",
    "Hold",
    "IntentSignal",
    "ItemChange",
    "ItemScore",
    "Judgement",
    "Lack",
    "Leg",
    "LegLedger",
    "LegsExchanged",
    "LineCorrected",
    "MeaningSignal",
    "Message",
    "NeedHeard",
    "NoteLeft",
    "NoteRemoved",
    "Notification",
    "NotificationPushed",
    "Objection",
    "OfferHeldBack",
    "OfferMade",
    "OfferReaction",
    "OvertalkSignal",
    "PartialTranscript",
    "Party",
    "PartyMeasures",
    "PastCall",
    "PastOffer",
    "PastReason",
    "PhraseSignal",
    "Pitch",
    "PitchReason",
    "PrivateKind",
    "PrivateSpan",
    "ProfileField",
    "Promise",
    "PromiseKind",
    "PromiseSettled",
    "Prompt",
    "PromptKind",
    "PromptLeftOut",
    "PromptLimit",
    "PromptOutcome",
    "PromptUpdated",
    "PromptsLimited",
    "RankedOffer",
    "Reaction",
    "Result",
    "ReviewEvent",
    "ReviewKind",
    "ReviewMoved",
    "ReviewOpened",
    "ReviewOrigin",
    "ReviewScored",
    "ReviewState",
    "ReviewStep",
    "Rewrite",
    "RewriteKind",
    "RightVerdict",
    "RiskCode",
    "RiskReason",
    "RoleSignal",
    "RuleError",
    "SaleOutcome",
    "Severity",
    "Signal",
    "SilenceSignal",
    "SpeakerChange",
    "SpeakerLabel",
    "SpeakerReading",
    "SpeechRateSignal",
    "SpeechStarted",
    "StandingPromise",
    "TagTone",
    "Term",
    "TermSource",
    "TextSignal",
    "Trend",
    "Utterance",
    "UtteranceDropped",
    "Verdict",
    "VoiceReading",
    "Word",
    "WrapUp",
    "WrapUpConfirmed",
    "WrapUpPart",
    "WrapUpPushed",
    "WrapUpSentence",
    "envelope_adapter",
]
