"""Help text of test-time augmentation."""

FLIPS = "Average the predictions of each image and its mirror image.  [default: the run's evaluate.test_time]"
"""Help of ``--flips``."""
