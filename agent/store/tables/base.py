"""The metadata all tables belong to, and the base of the entities.

Every constraint has a name: a migration that rebuilds a table drops the unnamed ones without a word.
"""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Entity(SQLModel, registry=registry(metadata=METADATA)):
    """A row with a life of its own; bulk rows are plain tables."""
