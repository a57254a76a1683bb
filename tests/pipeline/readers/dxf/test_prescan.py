"""What the bytes of a DXF say before the library reads them."""

from pipeline.readers.dxf import mending, prescan

WHOLE = (
    b"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1015\n9\n$DWGCODEPAGE\n3\nANSI_936\n0\nENDSEC\n"
    b"0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n2\nA\n0\nINSERT\n2\nB\n0\nENDBLK\n0\nBLOCK\n2\nB\n0\nLINE\n8\n0\n0\nENDBLK\n0\nENDSEC\n"
    b"0\nSECTION\n2\nENTITIES\n0\nPOLYLINE\n8\n0\n0\nVERTEX\n8\n0\n0\nSEQEND\n0\nLINE\n8\n0\n0\nENDSEC\n0\nEOF\n"
)


def test_entities_are_counted_without_their_subordinates():
    found = prescan.scan(WHOLE)
    assert (found.rows, found.trailer, found.sections, found.sections_closed) == (4, True, 3, 3)
    assert (found.version, found.codepage) == ("AC1015", "ANSI_936")
    assert found.bad_codes == 0 and not found.odd


def test_every_cut_loses_the_end_mark():
    for end in range(40, len(WHOLE) - 5, 7):
        found = prescan.scan(WHOLE[:end])
        assert not (found.trailer and found.sections == found.sections_closed), end


def test_bytes_after_the_end_are_counted_and_not_judged():
    found = prescan.scan(WHOLE + b"junk\nmore junk\nx\n")
    assert found.trailing_bytes > 0
    assert found.bad_codes == 0


def test_cycles_are_found_without_recursion():
    found = prescan.Prescan()
    found.references = {b"%d" % i: {b"%d" % (i + 1): 1} for i in range(50_000)}
    assert prescan.block_graph(found) == (None, 50_001)
    found.references[b"50000"] = {b"3": 1}
    assert prescan.block_graph(found)[0] is not None


def test_a_mended_file_ends_properly():
    for end in range(120, len(WHOLE) - 5, 11):
        found = prescan.scan(mending.close_file(WHOLE[:end]))
        assert found.trailer and found.sections == found.sections_closed, end


def test_handles_that_are_zero_are_dropped_but_no_other_value():
    data = b"0\nLINE\n5\n0\n62\n5\n0\nLINE\n5\n1F\n0\nEOF\n"
    assert mending.drop_bad_handles(data) == b"0\nLINE\n62\n5\n0\nLINE\n5\n1F\n0\nEOF\n"
