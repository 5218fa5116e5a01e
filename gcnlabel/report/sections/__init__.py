"""Sections of a report: functions from its runs to HTML, which is empty if there is nothing to show."""
