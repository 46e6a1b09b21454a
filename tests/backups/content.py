"""Something of everything for a backup, put into a migrated place: `python -m tests.backups.content`."""

import django


def make() -> None:
    """A request on its way, items with a file, somebody who is signed in, rows of the outbox and of the audit log."""
    from tests.factories import Line, World
    from tests.security.people import Paper, put, put_paper, signed_in

    line = Line(World()).walk_to("transmitted")
    drafter = line.world.drafter
    put(line.case, drafter)
    for number in range(3):
        put_paper(
            line.case, drafter, Paper(f"paper{number}.txt", f"An invented paper, the {number}th. ".encode() * 9000)
        )
    signed_in(drafter)


if __name__ == "__main__":
    django.setup()
    make()
