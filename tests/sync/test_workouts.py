"""Workouts between here and Garmin: each side's changes told apart, nothing made twice or called pushed wrongly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from msgspec.structs import replace

from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import SyncJob
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import workouts
from garminsync_tui.store.workouts import Kept, State
from garminsync_tui.sync.work import work
from garminsync_tui.workouts.definition import Distance, Exercise, Range, Repeat, Reps, Step, Time, Workout, Zone

from .conftest import NOW, Installation

RUN = Workout(
    sport="running",
    name="Six by 800",
    steps=(
        Step(kind="warmup", end=Time(900), target=Zone("heart_rate", 2)),
        Repeat(
            times=6,
            steps=(
                Step(end=Distance(800), target=Range("pace", 230, 240, "/km")),
                Step(kind="recovery", end=Time(120)),
            ),
        ),
        Step(kind="cooldown", end=Time(600), target=Zone("heart_rate", 1)),
    ),
)
FTP = Workout(
    sport="cycling",
    name="In my terms",
    steps=(Step(end=Time(600), target=Range("power", 88, 94, "%ftp")), Step(kind="cooldown", end=Time(300))),
)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(days=2, now=NOW) as running:
        yield running


@pytest.fixture(autouse=True)
def _as_at_first(simulator: Simulator) -> Iterator[None]:
    """A shelf that each test finds as it was, and leaves without faults."""
    before = {document["workoutId"]: document for document in simulator.workouts()}
    yield
    simulator.clear_faults()
    for document in simulator.workouts():
        if document["workoutId"] not in before:
            simulator.remove_workout(document["workoutId"])
        elif document != before[document["workoutId"]]:
            simulator.edit_workout(document["workoutId"], **before[document["workoutId"]])


async def done(installation: Installation, job_type: str, **parameters: Any) -> SyncJob:
    """A job run to its end."""
    queue = Queue(installation.database)
    account = installation.account
    job_id = await queue.enqueue(account.user_id, job_type, account_id=account.id, parameters=parameters, priority=10)
    assert job_id
    await Runner(
        installation.database, work(installation.config), kind="command", run_dir=installation.paths.run
    ).run_until_idle()
    return await queue.get(job_id)


async def pulled(installation: Installation) -> dict[str, Kept]:
    job = await done(installation, "workout_sync", look=True)
    assert job.status == "completed", job.error_message
    return await shelf(installation)


async def pushed(installation: Installation, workout_id: UUID, **parameters: Any) -> SyncJob:
    return await done(installation, "workout_upload", do="push", workout=workout_id.hex, **parameters)


async def shelf(installation: Installation) -> dict[str, Kept]:
    async with installation.database.read() as session:
        return {each.workout.name: each for each in await workouts.every(session, installation.account.id)}


async def keep(installation: Installation, workout: Workout) -> UUID:
    async with installation.database.write() as session:
        return await workouts.add(
            session, installation.account.user_id, workout.name or "", workout.note, workout.stored()
        )


async def edit(installation: Installation, kept: Kept, workout: Workout) -> None:
    async with installation.database.write() as session:
        await workouts.change(session, kept.workout.id, workout.name or "", workout.note, workout.stored())


def code(job: SyncJob) -> str | None:
    return (job.extra or {}).get("error_code")


def named(simulator: Simulator, name: str) -> list[dict[str, Any]]:
    return [document for document in simulator.workouts() if document["workoutName"] == name]


async def test_a_pull_brings_everything_with_its_days_and_a_second_asks_for_no_document(
    installation: Installation, simulator: Simulator
) -> None:
    kept = await pulled(installation)
    assert set(kept) == {document["workoutName"] for document in simulator.workouts()}
    assert {each.state for each in kept.values()} == {State.SYNCED}
    assert kept["Base run of the plan"].days
    simulator.reset_stats()
    await pulled(installation)
    assert not [path for path in simulator.stats()["requests"]["by_path"] if "/workout/" in path]


async def test_a_push_is_read_back_and_only_then_called_uploaded(
    installation: Installation, simulator: Simulator
) -> None:
    workout_id = await keep(installation, RUN)
    assert (await shelf(installation))["Six by 800"].state is State.DRAFT
    job = await pushed(installation, workout_id)
    assert job.status == "completed", job.error_message
    kept = (await shelf(installation))["Six by 800"]
    assert kept.state is State.SYNCED
    assert kept.workout.uploaded_to_garmin_at
    assert len(named(simulator, "Six by 800")) == 1


async def test_what_garmin_made_of_it_is_named_and_not_called_uploaded(
    installation: Installation, simulator: Simulator
) -> None:
    workout_id = await keep(installation, replace(RUN, name="N" * 300))
    job = await pushed(installation, workout_id)
    assert code(job) == "invalid_workout", "names that would be cut are refused before"
    workout_id = await keep(installation, RUN)
    simulator.add_faults([{"path": "/workout-service/workout/[0-9]+$", "kind": "garbage", "count": 1}])
    job = await pushed(installation, workout_id)
    kept = (await shelf(installation))["Six by 800"]
    assert kept.workout.uploaded_to_garmin_at is None, "it was not read back"
    assert kept.remote and kept.remote.problem


async def test_two_pushes_of_different_workouts_queued_at_once_both_happen(
    installation: Installation, simulator: Simulator
) -> None:
    queue, account = Queue(installation.database), installation.account
    ids = [await keep(installation, replace(RUN, name=name)) for name in ("One", "Two")]
    for workout_id in ids:
        parameters = {"do": "push", "workout": workout_id.hex}
        await queue.enqueue(account.user_id, "workout_upload", account_id=account.id, parameters=parameters)
    await Runner(
        installation.database, work(installation.config), kind="command", run_dir=installation.paths.run
    ).run_until_idle()
    kept = await shelf(installation)
    assert [kept[name].state for name in ("One", "Two")] == [State.SYNCED, State.SYNCED]
    assert named(simulator, "One") and named(simulator, "Two")


async def test_edits_on_one_side_move_to_the_other(installation: Installation, simulator: Simulator) -> None:
    kept = await pulled(installation)
    ours = kept["5 x 400 m"]
    assert ours.remote
    number = int(ours.remote.garmin_workout_id)
    definition = Workout.read(ours.workout.workout_definition)
    await edit(installation, ours, replace(definition, steps=(*definition.steps, Step(end=Time(60)))))
    assert (await shelf(installation))["5 x 400 m"].state is State.EDITED
    job = await pushed(installation, ours.workout.id)
    assert job.status == "completed", (job.error_message, job.extra)
    simulator.edit_workout(number, description="Flat loop")
    kept = await pulled(installation)
    assert kept["5 x 400 m"].workout.description == "Flat loop"
    assert kept["5 x 400 m"].state is State.SYNCED
    assert len(Workout.read(kept["5 x 400 m"].workout.workout_definition).steps) == len(definition.steps) + 1


@pytest.mark.parametrize("choice", ["mine", "theirs", "both"])
async def test_a_conflict_waits_for_a_choice(installation: Installation, simulator: Simulator, choice: str) -> None:
    kept = (await pulled(installation))["3 x 12 sweet spot"]
    assert kept.remote
    number = int(kept.remote.garmin_workout_id)
    definition = Workout.read(kept.workout.workout_definition)
    await edit(installation, kept, replace(definition, note="Mine"))
    simulator.edit_workout(number, description="Theirs")
    job = await pushed(installation, kept.workout.id)
    assert code(job) == "workout_changed"
    assert "Theirs" in str(job.error_message)
    assert (await shelf(installation))["3 x 12 sweet spot"].state is State.CONFLICT
    job = await pushed(installation, kept.workout.id, choice=choice)
    assert job.status == "completed", (job.error_message, job.extra)
    found = await shelf(installation)
    at_garmin = {document["workoutName"]: document["description"] for document in simulator.workouts()}
    assert found["3 x 12 sweet spot"].state is State.SYNCED
    assert at_garmin["3 x 12 sweet spot"] == ("Mine" if choice == "mine" else "Theirs")
    assert found["3 x 12 sweet spot"].workout.description == at_garmin["3 x 12 sweet spot"]
    assert at_garmin.get("3 x 12 sweet spot (mine)") == ("Mine" if choice == "both" else None)


async def test_a_pull_marks_a_conflict_and_overwrites_nothing(installation: Installation, simulator: Simulator) -> None:
    kept = (await pulled(installation))["8 x 100 m"]
    assert kept.remote
    definition = Workout.read(kept.workout.workout_definition)
    await edit(installation, kept, replace(definition, note="Mine"))
    simulator.edit_workout(int(kept.remote.garmin_workout_id), description="Theirs")
    after = (await pulled(installation))["8 x 100 m"]
    assert after.state is State.CONFLICT
    assert after.workout.description == "Mine"


async def test_what_was_deleted_at_garmin_stays_here_and_is_made_anew_only_when_asked(
    installation: Installation, simulator: Simulator
) -> None:
    workout_id = await keep(installation, RUN)
    await pushed(installation, workout_id)
    simulator.remove_workout(named(simulator, "Six by 800")[0]["workoutId"])
    kept = (await pulled(installation))["Six by 800"]
    assert kept.state is State.GONE
    assert code(await pushed(installation, workout_id)) == "workout_changed"
    assert not named(simulator, "Six by 800")
    assert (await pushed(installation, workout_id, choice="mine")).status == "completed"
    assert (await shelf(installation))["Six by 800"].state is State.SYNCED
    assert len(named(simulator, "Six by 800")) == 1


async def test_what_was_deleted_here_alone_does_not_come_back(installation: Installation) -> None:
    kept = (await pulled(installation))["8 x 100 m"]
    async with installation.database.write() as session:
        await workouts.remove(session, kept.workout.id)
    assert "8 x 100 m" not in await pulled(installation)


async def test_plans_and_partners_workouts_are_left_alone(installation: Installation, simulator: Simulator) -> None:
    kept = await pulled(installation)
    simulator.reset_stats()
    for name in ("Base run of the plan", "Over-unders"):
        job = await pushed(installation, kept[name].workout.id)
        assert job.status == "failed"
        assert "cannot be changed" in str(job.error_message)
    assert simulator.stats()["requests"]["total"] == 0


async def test_a_day_is_planned_once_and_taken_off(installation: Installation, simulator: Simulator) -> None:
    workout_id = await keep(installation, RUN)
    day = "2026-11-20"
    job = await done(installation, "workout_upload", do="schedule", workout=workout_id.hex, day=day)
    assert job.status == "failed", "it is not at Garmin yet"
    await pushed(installation, workout_id)
    for _ in range(2):
        job = await done(installation, "workout_upload", do="schedule", workout=workout_id.hex, day=day)
        assert job.status == "completed", job.error_message
    assert [str(each) for each, _ in (await shelf(installation))["Six by 800"].days] == [day]
    posts = [path for path in simulator.stats()["requests"]["by_path"] if "/schedule/" in path]
    assert sum(simulator.stats()["requests"]["by_path"][path] for path in posts) == 1
    await done(installation, "workout_upload", do="unschedule", workout=workout_id.hex, day=day)
    assert not (await shelf(installation))["Six by 800"].days
    assert not (await pulled(installation))["Six by 800"].days


async def test_deleting_takes_it_away_on_both_sides(installation: Installation, simulator: Simulator) -> None:
    workout_id = await keep(installation, RUN)
    await pushed(installation, workout_id)
    job = await done(installation, "workout_upload", do="delete", workout=workout_id.hex)
    assert job.status == "completed"
    assert "Six by 800" not in await pulled(installation)
    assert not named(simulator, "Six by 800")


async def test_the_athletes_words_stay_here_and_become_watts_there(
    installation: Installation, simulator: Simulator
) -> None:
    workout_id = await keep(installation, FTP)
    job = await pushed(installation, workout_id)
    assert code(job) == "invalid_workout"
    assert "threshold power" in str(job.error_message)
    assert not named(simulator, "In my terms")
    installation.config.save("athlete.threshold_power_w", "250")
    job = await pushed(installation, workout_id)
    assert job.status == "completed", (job.error_message, job.extra)
    step = named(simulator, "In my terms")[0]["workoutSegments"][0]["workoutSteps"][0]
    assert (step["targetValueOne"], step["targetValueTwo"]) == (220, 235)
    kept = (await shelf(installation))["In my terms"]
    assert Workout.read(kept.workout.workout_definition) == FTP
    simulator.edit_workout(int(str(kept.remote and kept.remote.garmin_workout_id)), description="Indoors")
    kept = (await pulled(installation))["In my terms"]
    assert Workout.read(kept.workout.workout_definition) == replace(FTP, note="Indoors")


async def test_an_answer_that_is_lost_makes_no_second_workout(installation: Installation, simulator: Simulator) -> None:
    workout_id = await keep(installation, RUN)
    simulator.add_faults([{"path": "/workout-service/workout$", "kind": "lost", "count": 1}])
    job = await pushed(installation, workout_id)
    assert job.status == "pending", "it goes on later"
    await Queue(installation.database).retry(job.id)
    await Runner(
        installation.database, work(installation.config), kind="command", run_dir=installation.paths.run
    ).run_until_idle()
    assert (await Queue(installation.database).get(job.id)).status == "completed"
    assert len(named(simulator, "Six by 800")) == 1
    assert (await shelf(installation))["Six by 800"].state is State.SYNCED


async def test_a_kill_between_sending_and_the_answer_makes_no_second_workout(
    installation: Installation, simulator: Simulator, database_url: str
) -> None:
    workout_id = await keep(installation, RUN)
    simulator.add_faults([{"path": "/workout-service/workout$", "kind": "silence", "count": 1}])
    home = installation.paths.database.parent
    command = [sys.executable, "-m", "garminsync_tui", "--home", str(home), "workouts", "push", workout_id.hex[-8:]]
    environment = {**os.environ, "GARMINSYNC_DATABASE": database_url}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not named(simulator, "Six by 800"):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    simulator.clear_faults()
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    assert len(named(simulator, "Six by 800")) == 1
    assert (await shelf(installation))["Six by 800"].state is State.SYNCED


async def test_a_pull_before_the_next_try_makes_no_second_workout_on_either_side(
    installation: Installation, simulator: Simulator
) -> None:
    workout_id = await keep(installation, RUN)
    simulator.add_faults([{"path": "/workout-service/workout$", "kind": "lost", "count": 1}])
    job = await pushed(installation, workout_id)
    assert job.status == "pending"
    kept = await pulled(installation)
    assert kept["Six by 800"].workout.id == workout_id
    assert kept["Six by 800"].state is State.REFUSED, "nobody has read it back"
    await Queue(installation.database).retry(job.id)
    await pulled(installation)
    assert len(named(simulator, "Six by 800")) == 1
    assert (await shelf(installation))["Six by 800"].state is State.SYNCED
    async with installation.database.read() as session:
        every = await workouts.every(session, installation.account.id)
    assert len(every) == len({each.workout.name for each in every}), "none is here twice"


async def test_another_push_of_what_was_sent_without_an_answer_makes_no_second_workout(
    installation: Installation, simulator: Simulator
) -> None:
    workout_id = await keep(installation, RUN)
    simulator.add_faults([{"path": "/workout-service/workout$", "kind": "lost", "count": 1}])
    job = await pushed(installation, workout_id)
    assert await Queue(installation.database).cancel(job.id)
    kept = (await shelf(installation))["Six by 800"]
    await edit(installation, kept, replace(RUN, note="Edited meanwhile"))
    job = await pushed(installation, workout_id, choice="mine")
    assert job.status == "completed", job.error_message
    assert [each["description"] for each in named(simulator, "Six by 800")] == ["Edited meanwhile"]


async def test_theirs_takes_garmins_side_over_also_where_only_this_one_was_changed(
    installation: Installation, simulator: Simulator
) -> None:
    kept = (await pulled(installation))["3 x 12 sweet spot"]
    definition = Workout.read(kept.workout.workout_definition)
    await edit(installation, kept, replace(definition, note="Mine"))
    job = await pushed(installation, kept.workout.id, choice="theirs")
    assert job.status == "completed", job.error_message
    kept = (await shelf(installation))["3 x 12 sweet spot"]
    assert kept.state is State.SYNCED
    assert Workout.read(kept.workout.workout_definition) == definition
    assert named(simulator, "3 x 12 sweet spot")[0]["description"] != "Mine"


async def test_a_pull_takes_over_what_was_in_conflict_once_the_edit_is_taken_back(
    installation: Installation, simulator: Simulator
) -> None:
    kept = (await pulled(installation))["8 x 100 m"]
    definition = Workout.read(kept.workout.workout_definition)
    await edit(installation, kept, replace(definition, note="Mine"))
    simulator.edit_workout(int(str(kept.remote and kept.remote.garmin_workout_id)), description="Theirs")
    await pulled(installation)
    await edit(installation, kept, definition)
    assert (await shelf(installation))["8 x 100 m"].state is State.CHANGED_AT_GARMIN
    after = (await pulled(installation))["8 x 100 m"]
    assert after.state is State.SYNCED
    assert after.workout.description == "Theirs"


async def test_the_same_change_on_both_sides_is_no_conflict(installation: Installation, simulator: Simulator) -> None:
    kept = (await pulled(installation))["5 x 400 m"]
    definition = Workout.read(kept.workout.workout_definition)
    await edit(installation, kept, replace(definition, note="Twice the same"))
    simulator.edit_workout(int(str(kept.remote and kept.remote.garmin_workout_id)), description="Twice the same")
    assert (await pulled(installation))["5 x 400 m"].state is State.SYNCED


async def test_an_exercise_that_nobody_knows_is_not_sent(installation: Installation, simulator: Simulator) -> None:
    sets = tuple(Step(end=Reps(8), exercise=Exercise("SQUAT", name)) for name in (None, "BARBEL_BACK_SQUAT"))
    workout_id = await keep(installation, Workout(sport="strength_training", name="Sets", steps=sets))
    simulator.reset_stats()
    job = await pushed(installation, workout_id)
    assert code(job) == "invalid_workout"
    assert "Sets: step 2: nobody knows SQUAT/BARBEL_BACK_SQUAT" in str(job.error_message)
    assert simulator.stats()["requests"]["total"] == 0


@pytest.mark.parametrize("body", ["[]", "null"])
async def test_a_list_that_came_without_them_takes_no_workout_for_gone(
    installation: Installation, simulator: Simulator, body: str
) -> None:
    before = await pulled(installation)
    simulator.add_faults([{"path": "/workout-service/workouts", "status": 200, "body": body, "count": 1}])
    after = await pulled(installation)
    assert {name: each.state for name, each in after.items()} == dict.fromkeys(before, State.SYNCED)


async def test_a_sync_of_everything_looks_at_workouts_now_and_then(
    installation: Installation, simulator: Simulator
) -> None:
    await done(installation, "workout_sync")
    assert len(await shelf(installation)) == len(simulator.workouts())
    simulator.reset_stats()
    job = await done(installation, "workout_sync")
    assert job.status == "completed"
    assert simulator.stats()["requests"]["total"] == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=7)):
        await done(installation, "workout_sync")
    assert simulator.stats()["requests"]["total"] > 0
