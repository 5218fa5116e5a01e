"""Sections of a report: each a function of its runs that returns HTML, empty where there is nothing to show."""
