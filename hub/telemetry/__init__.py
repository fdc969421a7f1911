"""Streams of many samples a second: a heart-rate strap, a vibration sensor."""
