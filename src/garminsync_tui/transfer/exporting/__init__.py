"""Everything out of the database into one folder: tables of stated columns and units, recordings and files."""
