"""Tests of the set-up: servers from wheels, the runner, lock files, containers."""
