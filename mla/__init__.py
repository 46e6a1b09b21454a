"""Requests for mutual legal assistance: their line of states, their versions, their two sides."""
