"""The data scientist's book: six notebooks, and what they call to look at a tenant and draw it.

A notebook holds prose and calls, no logic: what computes lies in the rooms (`features`, `models`),
what opens and shows a tenant's data in ``bench``, the pictures in ``distributions``, ``quality``,
``effects`` and ``decisions``. ``python -m notebooks.book`` executes all six and writes their pages.
"""
