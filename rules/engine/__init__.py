"""The rule engine: facts with provenance, five outcomes, terms from a pack. It sees only the drawing model."""
