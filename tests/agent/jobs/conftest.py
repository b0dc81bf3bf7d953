from tests.agent.jobs.stores import (  # fixtures
    collected,
    collected_template,
    empty_template,
    no_pictures,
    running_world,
    store,
    world,
)

__all__ = ["collected", "collected_template", "empty_template", "no_pictures", "running_world", "store", "world"]
