"""SEPA: the account an invoice is collected from, the mandate that allows it."""
