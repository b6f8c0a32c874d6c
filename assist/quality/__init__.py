"""Judging calls: which ones, by which scorecard, who decides, and what rules learn from it."""
