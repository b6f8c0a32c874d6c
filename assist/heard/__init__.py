"""The closed loop by ear: which prompts the agent said, and how the customer took what was offered."""

from assist.heard.hearing import Hearing, OfferRef
from assist.heard.wording import Adherence, Said, Wording

__all__ = ["Adherence", "Hearing", "OfferRef", "Said", "Wording"]
