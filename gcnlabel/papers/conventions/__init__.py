"""The propagation matrices of papers and of their released codes."""
