"""How many calls the limit of open files allows, a few for each leg."""

import resource

from tests.live.plant import Plant

ENOUGH = 65_536


async def test_asterisk_may_open_more_files_than_a_shell_allows(running_plant: Plant) -> None:
    assert running_plant.asterisk.pid is not None
    soft, hard = resource.prlimit(running_plant.asterisk.pid, resource.RLIMIT_NOFILE)
    enough = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    assert soft == resource.RLIM_INFINITY or soft >= enough
