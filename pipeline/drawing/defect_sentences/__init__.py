"""The sentences of the defects, one module an origin; read them through `pipeline.drawing.defect_catalogue`."""
