"""What a trained run says of new images or features."""

from gcnlabel.lazy import lazy

lazy(__name__)
