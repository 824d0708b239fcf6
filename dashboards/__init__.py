"""Streamlit pages: layout here, reads in queries.py, drawings in charts.py."""
