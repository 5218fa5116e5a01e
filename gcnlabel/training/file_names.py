"""Names of what a training writes into a run folder."""

LAST = "last.safetensors"
BEST = "best.safetensors"
LOGS = "logs"
