"""Files are written whole or not at all, never over something that exists unless asked, and read as one version."""

from gcnlabel.files.checks import existing_file as existing_file
from gcnlabel.files.checks import refuse_existing as refuse_existing
from gcnlabel.files.checks import refuse_suffix as refuse_suffix
from gcnlabel.files.checks import writable_folder as writable_folder
from gcnlabel.files.header import sort_header as sort_header
from gcnlabel.files.lock import locked as locked
from gcnlabel.files.spreadsheet import is_formula as is_formula
from gcnlabel.files.spreadsheet import plain_cells as plain_cells
from gcnlabel.files.spreadsheet import plain_text as plain_text
from gcnlabel.files.unchanged import unchanged as unchanged
from gcnlabel.files.writing import atomic_write as atomic_write
from gcnlabel.files.writing import atomic_writes as atomic_writes
from gcnlabel.files.writing import remove_torn as remove_torn
from gcnlabel.files.writing import write_together as write_together
from gcnlabel.files.yaml_text import parse_yaml as parse_yaml
