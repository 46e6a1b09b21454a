"""Tests of the papers: what they say is so."""
