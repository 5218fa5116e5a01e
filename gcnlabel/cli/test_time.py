"""What commands say of test-time augmentation."""

FLIPS = "Predict each image and its mirror image, and take the mean.  [default: the run's evaluate.test_time]"
"""Help of ``--flips``."""
