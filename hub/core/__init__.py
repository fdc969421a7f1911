"""What exists once in every house: bus, states, services, registries, clock. Standard library only."""
