"""Search over stored texts: the reader's notes, passages and their vectors."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the new tables; the index of words is made when the first text is indexed."""
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n")
    for statement in filter(str.strip, statements):
        op.get_bind().exec_driver_sql(statement)
