from gcnlabel.prediction.annotate_detected import annotate_photographs, annotate_video, video_files
from gcnlabel.prediction.annotation import annotate, annotated_files, annotated_image
from gcnlabel.prediction.detected import Detected
from gcnlabel.prediction.detectors import DETECTORS, Detection, Detector
from gcnlabel.prediction.images import find_images
from gcnlabel.prediction.network import Network, load_network
from gcnlabel.prediction.predict import predict
from gcnlabel.prediction.predict_detected import check_takes_images, predict_detected
from gcnlabel.prediction.predictions import Predictions
from gcnlabel.prediction.video import Video, is_video

__all__ = [
    "DETECTORS",
    "Detected",
    "Detection",
    "Detector",
    "Network",
    "Predictions",
    "Video",
    "annotate",
    "annotate_photographs",
    "annotate_video",
    "annotated_files",
    "annotated_image",
    "check_takes_images",
    "find_images",
    "is_video",
    "load_network",
    "predict",
    "predict_detected",
    "video_files",
]
