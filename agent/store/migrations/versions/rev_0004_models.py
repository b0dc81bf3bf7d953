"""What language models cost: more of each call, what is set aside for them, kept answers, endpoints and batches."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rebuild the table of calls, book the calls there are as spent, and create the new tables."""
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n")
    for statement in filter(str.strip, statements):
        op.get_bind().exec_driver_sql(statement)
