"""PDF pages as paper millimetres, through PyMuPDF; nothing in them is ever run."""
