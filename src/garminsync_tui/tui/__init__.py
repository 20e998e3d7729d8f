"""The full-screen app: it reads through `store`, acts through `jobs`, and is the only place that draws."""
