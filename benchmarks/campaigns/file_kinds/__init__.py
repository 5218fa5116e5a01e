"""Every kind of file that is read: how a good small one is written, and what reads it; one module a family."""

from file_kinds import arrays, configs, faces, graphs, lists, pickled, runs, tables
from file_kinds.kind import KINDS, FileKind

__all__ = ["KINDS", "FileKind", "arrays", "configs", "faces", "graphs", "lists", "pickled", "runs", "tables"]
