"""DXF straight from the bytes: group codes and values as columns, entities as rows, no object per entity."""
