"""The evidence file of a contract: one ZIP, the same bytes each time, and the verifier that goes with it.

Decision: the archive has one possible form (`verify.archive_of`: stored, undated, in order), so that its whole can be
written again from its contents and compared, and it ends with a seal: the SHA-256 of all the bytes before it. Every
byte of the file is covered twice, and the verifier needs nothing but Python.
"""
