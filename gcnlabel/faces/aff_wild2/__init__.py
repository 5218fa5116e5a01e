"""Aff-Wild2: annotations of videos, frame by frame."""
