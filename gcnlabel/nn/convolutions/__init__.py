"""Layers of the generator by name: PyG's convolutions, set so that they take Â as the transforms made it.

None of them adds self-loops, normalises once more or has a bias, as the published layer does not. Signed edge weights:

- ``gcn``, ``graph``, ``tag``, ``appnp`` and ``gcnii`` add up neighbours times their weights: the values of a neighbour
  with a negative weight are subtracted, and rows of Â whose absolute weights sum to one amplify nothing.
- ``gat`` and ``gatv2`` read the weight, sign and all, as a feature of the edge from which attention is learned; the
  attention is positive, so that an opposite neighbour counts less and is never subtracted.
- ``sage`` takes the mean of the neighbours and sees no weight at all, as a warning says.

Others may be given to :class:`~gcnlabel.nn.LabelGCN` as they are, and named in a config by ``module:attribute``.
Those that normalise by degrees (``ChebConv``, ``GCNConv`` by default) need weights of one sign: the degree of a signed
row may be zero or negative.
"""

from gcnlabel.lazy import lazy

lazy(__name__)
