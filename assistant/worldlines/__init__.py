"""The causal model behind "how plausible?": scenarios in plain files, sampled, explained and searched."""
