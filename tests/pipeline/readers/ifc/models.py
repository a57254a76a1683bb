"""Small IFC models written by hand for the tests."""

from __future__ import annotations

from pathlib import Path

from pipeline.drawing.completeness import gate
from pipeline.drawing.model import Drawing
from pipeline.readers.ifc.reader import IfcReader

HEAD = """ISO-10303-21;
HEADER;
FILE_DESCRIPTION(('ViewDefinition [CoordinationView]'),'2;1');
FILE_NAME('h.ifc','2026-01-01T00:00:00',(''),(''),'','','');
FILE_SCHEMA(('{schema}'));
ENDSEC;
DATA;
"""
TAIL = "ENDSEC;\nEND-ISO-10303-21;\n"
FRAME = """#1=IFCPROJECT('3dEeFVrdU$gfZGZKSEA9XP',$,'P',$,$,$,$,(#10),#20);
#10=IFCGEOMETRICREPRESENTATIONCONTEXT($,'Model',3,1.E-5,#11,$);
#11=IFCAXIS2PLACEMENT3D(#12,$,$);
#12=IFCCARTESIANPOINT((0.,0.,0.));
#20=IFCUNITASSIGNMENT((#21));
#21=IFCSIUNIT(*,.LENGTHUNIT.,.MILLI.,.METRE.);
#30=IFCLOCALPLACEMENT($,#11);
#40=IFCSITE('3$ZVFmEL66p2dJPiu6hIdr',$,'S',$,$,#30,$,$,.ELEMENT.,(43,53,4,0),(125,19,0,0),210.,$,$);
#41=IFCBUILDING('1wspTJhSzUXVFZnk8jSPZV',$,'B',$,$,#30,$,$,.ELEMENT.,$,$,$);
#42=IFCBUILDINGSTOREY('3y5in6kOpQEEb8oSOHKRGe',$,'\\X2\\4E005C42\\X0\\',$,$,#33,$,$,.ELEMENT.,3000.);
#33=IFCLOCALPLACEMENT(#30,#34);
#34=IFCAXIS2PLACEMENT3D(#35,$,$);
#35=IFCCARTESIANPOINT((0.,0.,3000.));
#50=IFCRELAGGREGATES('09yf_eU7_7MG4tuTivqCwV',$,$,$,#1,(#40));
#51=IFCRELAGGREGATES('0JDXYQBTDmi9lPRmOm28qc',$,$,$,#40,(#41));
#52=IFCRELAGGREGATES('3UQeIfFcRRfwXQQRnpWe$T',$,$,$,#41,(#42));
"""
# a wall 4000 x 200 x 3000 standing on the storey with one corner at (1000, 2000), of a named type and material
WALL = """#100=IFCWALL('2iSszVBbXIatj1bt$rnWK6',$,'W1',$,$,#110,#120,'tag-1',.SOLIDWALL.);
#110=IFCLOCALPLACEMENT(#33,#111);
#111=IFCAXIS2PLACEMENT3D(#112,$,$);
#112=IFCCARTESIANPOINT((1000.,2000.,0.));
#120=IFCPRODUCTDEFINITIONSHAPE($,$,(#121));
#121=IFCSHAPEREPRESENTATION(#10,'Body','SweptSolid',(#122));
#122=IFCEXTRUDEDAREASOLID(#123,#11,#127,3000.);
#123=IFCARBITRARYCLOSEDPROFILEDEF(.AREA.,$,#124);
#124=IFCPOLYLINE((#125,#126,#128,#129,#125));
#125=IFCCARTESIANPOINT((0.,0.));
#126=IFCCARTESIANPOINT((4000.,0.));
#127=IFCDIRECTION((0.,0.,1.));
#128=IFCCARTESIANPOINT((4000.,200.));
#129=IFCCARTESIANPOINT((0.,200.));
#130=IFCRELCONTAINEDINSPATIALSTRUCTURE('1kLJVyJqEoMkPv_4XsDxJ3',$,$,$,(#100),#42);
#140=IFCPROPERTYSET('2qg8JG5lTtvkh_6MTVL60l',$,'Pset_WallCommon',$,(#141,#142));
#141=IFCPROPERTYSINGLEVALUE('FireRating',$,IFCLABEL('2.00h'),$);
#142=IFCPROPERTYSINGLEVALUE('IsExternal',$,IFCBOOLEAN(.T.),$);
#143=IFCRELDEFINESBYPROPERTIES('2EynuejNOpEAAgfcgoB4mY',$,$,$,(#100),#140);
#144=IFCELEMENTQUANTITY('0v2K5I6snMmcGTlRWS748A',$,'Qto_WallBaseQuantities',$,$,(#145));
#145=IFCQUANTITYLENGTH('Length',$,$,4000.,$);
#146=IFCRELDEFINESBYPROPERTIES('14IcbeZnGJpZWMCl8pqP2i',$,$,$,(#100),#144);
#150=IFCWALLTYPE('2DR3M05OGD83t278nWYPDA',$,'WT-200',$,$,(#151),$,$,$,.SOLIDWALL.);
#151=IFCPROPERTYSET('0fbQQ$O5p5QejCC$BvMkxG',$,'Pset_WallCommon',$,(#152,#153));
#152=IFCPROPERTYSINGLEVALUE('FireRating',$,IFCLABEL('1.00h'),$);
#153=IFCPROPERTYSINGLEVALUE('LoadBearing',$,IFCBOOLEAN(.F.),$);
#154=IFCRELDEFINESBYTYPE('3KkXx0Y$w4pVG5dN0YLjrm',$,$,$,(#100),#150);
#160=IFCMATERIAL('C30',$,$);
#161=IFCRELASSOCIATESMATERIAL('1X_tHDtM3yRM92BYZ9QMZT',$,$,$,(#100),#160);
"""
# a room 5000 x 4000 x 2800 on the storey
ROOM = """#200=IFCSPACE('1cYY9V802NafyMURNoYv2b',$,'101',$,$,#33,#220,'\\X2\\5BA25385\\X0\\',.ELEMENT.,.INTERNAL.,$);
#220=IFCPRODUCTDEFINITIONSHAPE($,$,(#221));
#221=IFCSHAPEREPRESENTATION(#10,'Body','SweptSolid',(#222));
#222=IFCEXTRUDEDAREASOLID(#223,#11,#227,2800.);
#223=IFCRECTANGLEPROFILEDEF(.AREA.,$,#224,5000.,4000.);
#224=IFCAXIS2PLACEMENT2D(#225,$);
#225=IFCCARTESIANPOINT((2500.,2000.));
#227=IFCDIRECTION((0.,0.,1.));
#230=IFCRELAGGREGATES('2uNOs6MTAyYS$lTY5RkfqT',$,$,$,#42,(#200));
"""
GRID = """#300=IFCGRID('1QQo1$31w_KHXGwyJUNzZ5',$,'G',$,$,#30,$,(#310),(#311),$,$);
#310=IFCGRIDAXIS('1',#312,.T.);
#311=IFCGRIDAXIS('A',#315,.T.);
#312=IFCPOLYLINE((#313,#314));
#313=IFCCARTESIANPOINT((0.,0.));
#314=IFCCARTESIANPOINT((0.,8000.));
#315=IFCPOLYLINE((#313,#316));
#316=IFCCARTESIANPOINT((6000.,0.));
"""


def model(*parts: str, schema: str = "IFC4", tail: str = TAIL) -> bytes:
    """Return a file of the frame and the given rows."""
    return (HEAD.format(schema=schema) + FRAME + "".join(parts) + tail).encode("latin-1")


def read(folder: Path, data: bytes, name: str = "model.ifc") -> Drawing:
    """Write the bytes to a file and read it; the state is settled by the gate."""
    path = folder / name
    path.write_bytes(data)
    drawing = IfcReader().read(path, name, None)
    drawing.state = gate(drawing.completeness, drawing.defects, len(drawing.spaces))
    return drawing


def codes(drawing: Drawing) -> list[str]:
    """Return the codes of the defects in order; that these small models stand nowhere on the map is left out."""
    return [one.code for one in drawing.defects if one.code != "georeference_missing"]
