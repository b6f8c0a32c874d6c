"""Rules over stored calls: what another playbook would have said, against what was said."""

from assist.backtest.comparison import Change, ChangeKind, Said, change_between, compare, said_in
from assist.backtest.meanings import with_meanings
from assist.backtest.recorded import REPLAYED, RecordedCall, read_call
from assist.backtest.replay import Backtest, Ruleset, replay
from assist.backtest.report import Report, Tally

__all__ = [
    "REPLAYED",
    "Backtest",
    "Change",
    "ChangeKind",
    "RecordedCall",
    "Report",
    "Ruleset",
    "Said",
    "Tally",
    "change_between",
    "compare",
    "read_call",
    "replay",
    "said_in",
    "with_meanings",
]
