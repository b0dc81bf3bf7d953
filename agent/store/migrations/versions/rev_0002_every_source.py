"""Identity across sources, terms, credits, revisions of metrics, what providers think, bars without a true open."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rebuild the tables that gain columns or lose a constraint, and create the new ones."""
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n")
    connection = op.get_bind()
    # Without this a rename would also rewrite the references of other tables to the one that is replaced.
    connection.exec_driver_sql("PRAGMA legacy_alter_table=ON")
    for statement in filter(str.strip, statements):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("PRAGMA legacy_alter_table=OFF")
