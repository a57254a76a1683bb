"""Projects, their buildings and who takes part in them."""
