"""Plain HTTP: what needs a cookie to be set, or a file to be handed over."""
