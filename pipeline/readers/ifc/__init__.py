"""IFC models (IFC2X3, IFC4, IFC4X3) to drawings: elements, triangles and storey plans."""
