"""The records: events, the tables that pages read, accounts, evidence, mails to send.

Decision: only the contract is event-sourced. `events` is the truth; the tables of
`projections` are derived from it and can be rebuilt to the same rows (`portal rebuild`). Accounts,
sessions, terms and evidence are ordinary tables. Personal data never stands in an event, so that it
can be erased and the chain of hashes still verified.
"""
