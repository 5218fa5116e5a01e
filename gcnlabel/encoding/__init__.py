"""Encode images and texts to features with pretrained networks."""
