"""What the machines made of a submission: sheets, packs, models, findings, comparisons."""
