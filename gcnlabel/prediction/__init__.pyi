from gcnlabel.prediction.annotation import annotate, annotated_files, annotated_image
from gcnlabel.prediction.images import find_images
from gcnlabel.prediction.network import Network, load_network
from gcnlabel.prediction.predict import predict
from gcnlabel.prediction.predictions import Predictions

__all__ = [
    "Network",
    "Predictions",
    "annotate",
    "annotated_files",
    "annotated_image",
    "find_images",
    "load_network",
    "predict",
]
