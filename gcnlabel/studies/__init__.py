"""Studies of label graphs: ablation, cross-validation, tuning, zero-shot and few-shot evaluation."""
