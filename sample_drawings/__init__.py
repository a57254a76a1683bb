"""The sample building over three stages, drawn by scripts: `python -m sample_drawings.make`."""
