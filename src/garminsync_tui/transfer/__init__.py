"""What goes out of the database into files that other programs read."""
