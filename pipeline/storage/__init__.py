"""Where bytes live: originals under their hash, derived objects under hash + tool version."""
