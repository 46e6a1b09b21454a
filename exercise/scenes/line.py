"""The usual way of a request, for stories in which nothing odd happens on it. Days are working days before today."""

from exercise.stage import Course, Stage, Story


def to_the_border(course: Course, on: tuple[int, int, int, int], *, number: str, addressee: str) -> Story:
    """Submitted, passed on, signed and transmitted, each on its day."""
    stage = course.stage
    yield from to_the_signature(course, on[:3])
    yield stage.ago(on[3], "16:25")
    course.take("transmit", number=number, addressee=addressee)


def to_the_signature(course: Course, on: tuple[int, ...]) -> Story:
    """Submitted, passed on and, with a third day, signed."""
    stage = course.stage
    for name, day, clock in zip(("submit", "pass_on", "sign"), on, ("09:20", "11:40", "15:10"), strict=False):
        yield stage.ago(day, clock)
        course.take(name)


def received(course: Course, on: tuple[int, ...], *, number: str) -> Story:
    """Acknowledged and, with a second day, under review."""
    stage = course.stage
    yield stage.ago(on[0], "10:15")
    course.take("acknowledge", number=number)
    if len(on) > 1:
        yield stage.ago(on[1], "14:05")
        course.take("start_review")


def given_out(course: Course, on: tuple[int, ...], *, executor: str, target: int, disclosed: bool = True) -> Story:
    """Accepted, assigned and, with a second day, begun; `target`: the day by which it should be done, before today."""
    stage = course.stage
    yield stage.ago(on[0], "11:30")
    course.take("accept_and_assign", executor=executor, target_date=day_of(stage, target), disclose_executor=disclosed)
    if len(on) > 1:
        yield stage.ago(on[1], "09:45")
        course.take("start_execution")


def day_of(stage: Stage, ago: int) -> object:
    """A working day before today, or so many days ahead when it is less than nothing."""
    return stage.day(ago) if ago >= 0 else stage.ahead(-ago)
