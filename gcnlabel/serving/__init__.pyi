from gcnlabel.serving.app import make_app
from gcnlabel.serving.limits import Limits
from gcnlabel.serving.server import serve
from gcnlabel.serving.service import Service, load_service

__all__ = ["Limits", "Service", "load_service", "make_app", "serve"]
