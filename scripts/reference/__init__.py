"""Write docs/reference from the models: each key with its type, default, meaning, and an example."""
