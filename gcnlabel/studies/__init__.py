"""A wing: what label graphs are worth, measured: ablation, zero-shot and few-shot evaluation."""
