"""Telling people that something waits for them, without saying what it says."""
