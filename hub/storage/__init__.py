"""Keep what must outlive the process: the last states, later history and statistics."""
