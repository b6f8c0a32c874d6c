"""Reports: figures over closed calls, each with its one definition, its uncertainty, and the search for its calls."""
