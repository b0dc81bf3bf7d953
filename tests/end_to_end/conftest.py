from tests.agent.jobs.stores import collected_template, empty_template, running_world, world  # fixtures

__all__ = ["collected_template", "empty_template", "running_world", "world"]
