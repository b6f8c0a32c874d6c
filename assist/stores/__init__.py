"""Where calls are kept; a store is picked by the scheme of its URL."""
