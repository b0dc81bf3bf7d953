"""What every table of options is."""

from pydantic import BaseModel, ConfigDict, SecretStr

NO_SECRET = SecretStr("")


class Section(BaseModel):
    """A table of options: frozen, without unknown keys, and strict (a number in quotes is not a number)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, allow_inf_nan=False)
