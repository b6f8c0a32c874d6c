"""Playbooks: versioned rules and prompts, and the pure fold that runs them over a call."""

from assist.playbook.advise import Advice, advise, foresee, why_selling_waits
from assist.playbook.attention import has_budget
from assist.playbook.cases.trial import CaseFailure, failures_in
from assist.playbook.channels import StrangeChannel, strange_channels
from assist.playbook.clock import CallClock, Told, fact_of, facts_of
from assist.playbook.facts import CallEnded, Fact, Known, Telling, Tick, Turn
from assist.playbook.file import load_playbook, read_playbook
from assist.playbook.library import PlaybookFile, PlaybookLibrary, ReloadResult
from assist.playbook.meaning import Meaning
from assist.playbook.model import SELLING_KINDS, AskedLabel, Playbook
from assist.playbook.parse import check_playbook, parse_playbook
from assist.playbook.phrase import Listen, Phrase
from assist.playbook.question import UNCLEAR, Question
from assist.playbook.state import RunState, begin
from assist.playbook.tags import Tag
from assist.playbook.wording import WORDINGS

__all__ = [
    "SELLING_KINDS",
    "UNCLEAR",
    "WORDINGS",
    "Advice",
    "AskedLabel",
    "CallClock",
    "CallEnded",
    "CaseFailure",
    "Fact",
    "Known",
    "Listen",
    "Meaning",
    "Phrase",
    "Playbook",
    "PlaybookFile",
    "PlaybookLibrary",
    "Question",
    "ReloadResult",
    "RunState",
    "StrangeChannel",
    "Tag",
    "Telling",
    "Tick",
    "Told",
    "Turn",
    "advise",
    "begin",
    "check_playbook",
    "fact_of",
    "facts_of",
    "failures_in",
    "foresee",
    "has_budget",
    "load_playbook",
    "parse_playbook",
    "read_playbook",
    "strange_channels",
    "why_selling_waits",
]
