"""The web server of the house: pages, API, WebSockets and webhooks, in the hub's own loop.

Nothing is imported here: the libraries behind it are only loaded when a configuration has `web:`.
"""
