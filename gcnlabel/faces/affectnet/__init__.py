"""AffectNet, as it was released: lists, and arrays beside the images."""
