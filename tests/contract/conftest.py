"""The real PBX of tests/live, for scenarios that are played on the virtual one too."""

from tests.live.conftest import own_database, pbx, running_plant

__all__ = ["own_database", "pbx", "running_plant"]
