from gcnlabel.studies.cross_validation.folds import Fold, folds_of
from gcnlabel.studies.cross_validation.running import run_cross_validation
from gcnlabel.studies.cross_validation.summary import Summary, summary

__all__ = ["Fold", "Summary", "folds_of", "run_cross_validation", "summary"]
