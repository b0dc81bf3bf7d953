"""Gather facts, write a briefing, verify it, render it, publish it."""
