"""Hybrid retrieval over passages: words (tantivy) and meaning (embeddings, Chroma), fused, filtered and explained.

Source texts are the truth; everything here can be rebuilt from them.
"""
