"""Signals of sectors and the market with their confidence, our own grades and indices, target weights."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rebuild the table of signals and create the new tables."""
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n")
    for statement in filter(str.strip, statements):
        op.get_bind().exec_driver_sql(statement)
