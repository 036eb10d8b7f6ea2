"""Training a network: batches, optimizers, schedules, checkpoints."""
