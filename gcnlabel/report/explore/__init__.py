"""Interactive page to choose convention, threshold and pairs of tasks of a label graph."""
