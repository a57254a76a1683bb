"""A storey of a model against a drawing (DXF, PDF): what both can show is compared, the rest is named and counted."""
