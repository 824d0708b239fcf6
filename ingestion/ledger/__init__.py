"""The quarantine ledger of a tenant: what is open, why, what was done about it, and by whom.

Quarantine's rows never change. What became of them is appended beside them
(``quarantine/<table>-resolution``), and every page, file and sentence is a reading of the two.
"""
