"""Plugins in processes of their own: started, measured and held to their limits; MQTT is all they get."""
