"""Random buildings drawn from a seed as DXF plans and IFC models: drawings nobody tuned on."""
