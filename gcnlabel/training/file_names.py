"""Names of files that a training writes into a run folder."""

LAST = "last.safetensors"
BEST = "best.safetensors"
LOGS = "logs"
