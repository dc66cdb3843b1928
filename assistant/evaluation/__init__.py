"""Measuring what is claimed: ranking metrics and the questions they are taken on."""
