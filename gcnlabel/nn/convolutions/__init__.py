"""Registered layers of the generator: PyG's convolutions, configured to use Â without further normalisation.

Like the published layer, none of them adds self-loops, normalises again or has a bias. Signed edge weights:

- ``gcn``, ``graph``, ``tag``, ``appnp`` and ``gcnii`` sum the neighbours times their weights: the values of a neighbour
  with a negative weight are subtracted, and rows of Â whose absolute weights sum to one amplify nothing.
- ``gat`` and ``gatv2`` read the signed weight as a feature of the edge, from which attention is learned; the attention
  is positive, so that a neighbour with a negative weight may count less and is never subtracted.
- ``sage`` takes the mean of the neighbours and ignores weights; a warning says so.

Other convolutions may be passed to :class:`~gcnlabel.nn.LabelGCN`, and named in a config by ``module:attribute``.
Those that normalise by degrees (``ChebConv``, ``GCNConv`` by default) need weights of one sign: the degree of a signed
row may be zero or negative.
"""

from gcnlabel.lazy import lazy

lazy(__name__)
