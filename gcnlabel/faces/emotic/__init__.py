"""EMOTIC: 26 categories and three dimensions of people in photographs."""
