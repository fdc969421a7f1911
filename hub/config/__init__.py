"""Turn YAML files into models, and every mistake in them into `file:line:column: path: problem. Hint`."""
