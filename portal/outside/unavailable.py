"""What all outside systems have in common: now and then they do not answer."""


class Unavailable(Exception):
    """An outside system could not do it now; the same may be asked again later.

    The text is French, for the vendor's staff, 200 characters at most, and names no person.
    """
