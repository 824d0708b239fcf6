"""Spreadsheets to CSV: xlsx, xlsm, xlsb, xls and ods, one file a sheet that holds a table.

``table.py`` finds the table in a sheet's rows, ``book.py`` opens the workbook (in a process of its
own, ``__main__.py``), ``convert.py`` runs that process.
"""
