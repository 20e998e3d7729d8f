"""What the files of a watch come to: readings by endpoint and local day. Pure functions over what was read."""
