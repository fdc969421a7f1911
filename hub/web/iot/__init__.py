"""IoT Core's REST API for registries, devices and brokers, with its paths, bodies and errors."""
