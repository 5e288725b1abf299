"""Writing and reading papers: the terms, and later the contract, the mandate and the invoice."""
