"""Turn what happens into what is done: automations, scripts, their runs and the traces of these."""
