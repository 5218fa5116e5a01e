from gcnlabel.pickles.content import ArrayContent, Frame
from gcnlabel.pickles.endings import is_array_file
from gcnlabel.pickles.reading import read_arrays, read_pickle
from gcnlabel.pickles.torch_files import check_tensor, load_torch
from gcnlabel.pickles.writing import pickled_arrays, pickled_frame

__all__ = [
    "ArrayContent",
    "Frame",
    "check_tensor",
    "is_array_file",
    "load_torch",
    "pickled_arrays",
    "pickled_frame",
    "read_arrays",
    "read_pickle",
]
