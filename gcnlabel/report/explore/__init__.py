"""A page on which threshold, convention and pairs of tasks of a label graph are chosen, and the graph follows."""
