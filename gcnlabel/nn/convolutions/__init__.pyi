from gcnlabel.nn.convolutions.convolution import CONVOLUTIONS

__all__ = ["CONVOLUTIONS"]
