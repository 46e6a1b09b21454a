"""What the person at the terminal must hear: one clear sentence, and the exit code that goes with it."""

import errno


class BackupError(Exception):
    """A backup that cannot be made, is damaged, or does not fit; exit code 1."""

    code = 1


class Misuse(BackupError):
    """A command that was given the wrong things; exit code 2."""

    code = 2


def in_words(problem: OSError) -> str:
    """What the operating system refused, as a sentence."""
    if problem.errno == errno.ENOSPC:
        return "the disk is full"
    return f"{problem.strerror}: {problem.filename}" if problem.filename else str(problem.strerror or problem)
