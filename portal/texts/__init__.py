"""French texts. Nothing here imports the rest of the portal."""
