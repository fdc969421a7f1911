"""Bound what comes with Jinja: its filters over many items, and those that make long texts."""

from __future__ import annotations
