"""The archive: what closed calls are found by, and how people ask for them."""
