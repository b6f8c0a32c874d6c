"""Where the run of a playbook over a call stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assist.heard import Hearing
from assist.measures import Measures
from assist.messages import Assignment, AudioGap, CustomerTag, Judgement, Lack, Prompt, PromptLimit
from assist.playbook.budget import Spent
from assist.playbook.model import Playbook
from assist.playbook.moment import Floor, StateEntry, Truth
from assist.playbook.offers.catalogue import SUBJECT_PATH
from assist.playbook.offers.course import Course, begin_course
from assist.playbook.rule_run import RuleRun


@dataclass(frozen=True, slots=True)
class Waiting:
    """A rule's prompt that comes when nobody talks over anybody, or the gap is over, if it is of use by then."""

    prompt: Prompt
    until_ms: int
    """When it is of no use any more."""
    place: int
    """Of its rule in the playbook."""
    number: int
    """Of the prompt among those of its rule."""


@dataclass(frozen=True, slots=True)
class RunState:
    """A frozen value: keep it, compare it, continue from it as often as you like."""

    rules: tuple[RuleRun, ...]
    """In the order of the playbook's rules."""
    awake: frozenset[int] = frozenset()
    """Places of the rules that wait for something; see ``RuleIndex``."""
    at_ms: int = 0
    """Highest position seen; time never runs backwards."""
    measures: Measures = field(default_factory=Measures)
    floor: Floor = field(default_factory=Floor)
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is known beside the words, by path."""
    tags: Mapping[str, Truth] = field(default_factory=dict[str, Truth])
    """How true each tag is by those facts."""
    tagged: tuple[CustomerTag, ...] = ()
    """The tags that were told last."""
    states: Mapping[str, StateEntry] = field(default_factory=dict[str, StateEntry])
    open_prompts: tuple[Prompt, ...] = ()
    """Oldest first."""
    last_prompt: Prompt | None = None
    limits: tuple[PromptLimit, ...] = ()
    """The allowances told last that hold because of what is known."""
    spent: Spent = field(default_factory=Spent)
    """Of the agent's attention."""
    left_out: Mapping[tuple[str, Lack], int] = field(default_factory=dict[tuple[str, Lack], int])
    """When it was told last that a prompt found no room, by rule (id@version) and what it lacked."""
    lacking: Mapping[str, Lack] = field(default_factory=dict[str, Lack])
    """Prompts that found no room at the last moment, by id, and what they lacked."""
    waiting: tuple[Waiting, ...] = ()
    """In the order of the rules."""
    heard: Hearing = field(default_factory=Hearing)
    """What became of prompts and offers by ear."""
    course: Course = field(default_factory=Course)
    """How the selling stands."""
    assignments: Mapping[str, Assignment] = field(default_factory=dict[str, Assignment])
    """What was drawn for the call, by experiment id."""
    fired: Mapping[str, int] = field(default_factory=dict[str, int])
    """How often each rule has said something new or set its states, by id; rules that never did are left out."""
    judgements: Mapping[str, Judgement] = field(default_factory=dict[str, Judgement])
    """What was answered to the playbook's questions, by label."""
    gaps: tuple[AudioGap, ...] = ()
    """Missing sound that the call has not passed yet."""
    is_over: bool = False

    @property
    def known(self) -> Mapping[str, str]:
        """The facts, and which offer agent and customer talk about."""
        subject = self.course.subject
        return self.facts if subject is None else {**self.facts, SUBJECT_PATH: subject}


def begin(playbook: Playbook, assignments: Iterable[Assignment] = ()) -> RunState:
    """The state before anything happened; ``assignments`` are what experiments give the call, see ``assign``."""
    return RunState(
        rules=playbook.runs_at_first,
        awake=playbook.index.awake_at_first,
        tags=playbook.tags_at_first,
        assignments={one.experiment: one for one in assignments},
        course=begin_course(playbook.catalogue),
    )
