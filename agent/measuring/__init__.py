"""From stored rows to results: reads what an analysis needs in one short read, and runs it. Writes nothing."""
