"""Durable work: what falls due, mails to send, orders to the CRM.

Decision: DBOS schedules and survives crashes, but it is never the guarantee. Each job asks the records
« what is left to do? » and every effect has a unique key there, so that a tick lost, doubled or run by
two workers changes nothing. Emptying DBOS's own tables loses no work.
"""
