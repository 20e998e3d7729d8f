"""What fills the terminal: the places behind number keys, and what is pushed on top of them."""
