"""Library: what music there is.

Owns   the comparison of disk and database, the scans in flight and the workers that do them (`librarian.py`,
       on the loop), and the numbers that listening leaves behind (`ledger.py`).  `changes.py` is the comparison, pure;
       `query.py` turns an expression into SQL.
Takes  hints from `watch`, rows from `store`, listings, tags and profiles from workers.
Gives  awaitable questions and answers, and one LibraryChanged for each settled batch.
Never  imports bus, playback or DSP.
"""
