"""Bringing in what lies in files: account archives, device folders, recordings."""
