"""How well calls are found: the figures, and the questions as they are written."""

from __future__ import annotations

from bench.finding import QUESTIONS, figures_of, read_calls, read_questions


def test_recall_and_rank_are_means_over_questions() -> None:
    found = [["a", "b", "c"], ["x"], ["y", "z"]]
    relevant = [{"b", "c"}, {"w"}, {"y", "v"}]
    assert figures_of(found, relevant) == {"recall_at_10": 0.5, "mrr": 0.5, "without_answer": 1}


def test_more_relevant_calls_than_a_page_shows_can_all_be_found() -> None:
    calls = [f"call-{number}" for number in range(12)]
    assert figures_of([calls], [set(calls)])["recall_at_10"] == 1.0


def test_every_answer_of_a_question_is_said_in_a_call() -> None:
    said = {(line.party, line.text) for lines in read_calls().values() for line in lines}
    questions = read_questions(QUESTIONS)
    assert len(questions) == 60
    assert [text for one in questions for text in one.said if (one.party, text) not in said] == []
