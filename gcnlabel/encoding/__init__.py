"""Images and texts -> arrays of features, by pretrained encoders."""
