"""The outside systems, one module each: a Protocol, its real implementation and a local default.

Nothing here reads a setting or the time: values come to constructors, instants as arguments. Every call
is bounded in time. What a module raises is its own: `Unavailable` to ask again later, and one name for
each answer that will not change; no text of theirs holds a person's address or a mail's words.
"""
