"""Which recognised words lie under a span of an utterance's text."""

from __future__ import annotations

from assist.messages import Evidence, Utterance, Word

STRETCH_CHARS = 3
"""The shortest words that a duty is fulfilled with (请稍等、对不起)."""


def words_in(utterance: Utterance, span: tuple[int, int] | None) -> tuple[Word, ...]:
    """The words that share a character with ``span`` (all of them for None).

    Words are found in the text one after the other, because the text also holds punctuation that no word has; a word
    that the text does not hold (a guard changed the text) is left out.
    """
    if span is None:
        return utterance.words
    found: list[Word] = []
    cursor = 0
    for word in utterance.words:
        content = word.text.strip()
        at = utterance.text.find(content, cursor) if content else -1
        if at < 0:
            continue
        if at >= span[1]:
            break
        cursor = at + len(content)
        if cursor > span[0]:
            found.append(word)
    return tuple(found)


def lowest_confidence(utterance: Utterance, span: tuple[int, int] | None) -> float:
    """Lowest word confidence under a span; the utterance's own where no word is known."""
    return min((word.confidence for word in words_in(utterance, span)), default=utterance.confidence)


def mean_confidence(utterance: Utterance, span: tuple[int, int] | None) -> float:
    """Mean word confidence under a span; the utterance's own where no word is known.

    This decides whether words count as heard: a recogniser is often unsure of the first character of a phrase that it
    gets right as a whole, so the lowest confidence would doubt a fifth of what was heard well.
    """
    words = words_in(utterance, span)
    return sum(word.confidence for word in words) / len(words) if words else utterance.confidence


def weakest_stretch(utterance: Utterance) -> float:
    """Lowest mean confidence of ``STRETCH_CHARS`` spoken characters in a row; 1 where there are fewer, or no words.

    An utterance that was heard well as a whole may hold words that were not: 引起爱，我来帮您看 was 您节哀.
    """
    heard = [word.confidence for word in utterance.words for char in word.text if char.isalnum()]
    sums = [sum(heard[at : at + STRETCH_CHARS]) for at in range(len(heard) - STRETCH_CHARS + 1)]
    return min(sums, default=STRETCH_CHARS) / STRETCH_CHARS


def span_evidence(utterance: Utterance, span: tuple[int, int]) -> Evidence:
    """The words under a span as evidence, with their times where the words have some."""
    words = words_in(utterance, span)
    return Evidence(
        kind="utterance",
        party=utterance.party,
        utterance_id=utterance.utterance_id,
        start_ms=words[0].start_ms if words else utterance.start_ms,
        end_ms=words[-1].end_ms if words else utterance.end_ms,
        quote=utterance.text[slice(*span)],
        confidence=lowest_confidence(utterance, span),
    )
