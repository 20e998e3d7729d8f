"""What is missing → fetch → save: the work that the runner does for each type of job."""
