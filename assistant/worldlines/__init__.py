"""The causal model behind "how plausible?": scenarios in plain files, sampled, explained and searched."""

__all__ = ["NOT_A_FORECAST"]

NOT_A_FORECAST = "These figures are a device for arguing: what a set of stated, editable weights implies, no forecast and no measurement."
"""What every face says beside the figures."""
