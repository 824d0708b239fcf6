"""The pages of Dagster and MLflow, for ABCall's staff only: ``python -m cli.staff dagster``."""
