from gcnlabel.papers.emotion_gcn.figures import draw
from gcnlabel.papers.emotion_gcn.plan import TARGETS, Planned, Source, parse_source, runs_of, targets_of
from gcnlabel.papers.emotion_gcn.runner import check_same_settings, finished, run_folder, share_of, train_all
from gcnlabel.papers.emotion_gcn.tables import make_table
from gcnlabel.papers.emotion_gcn.writing import write_table

__all__ = [
    "TARGETS",
    "Planned",
    "Source",
    "check_same_settings",
    "draw",
    "finished",
    "make_table",
    "parse_source",
    "run_folder",
    "runs_of",
    "share_of",
    "targets_of",
    "train_all",
    "write_table",
]
