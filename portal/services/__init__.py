"""What people and the calendar do: one function an act, one transaction each.

Decision: a service takes the viewer and puts the owner into its queries; another's object and a
missing one are the same `NotFound`. Nothing leaves the machine inside a transaction: what must follow
(mails, orders to the CRM) is written down beside the events and carried out after the commit.
"""
