"""Sentences of what is wrong with the place, units and levels of an IFC model."""

from pipeline.drawing.defect_sentences.entry import Entry

_SET_CRS = "请设置 IfcMapConversion 与 IfcProjectedCRS（吉林市：EPSG:4551，高程 1985 国家高程基准）后导出。"
_SET_CRS_EN = "Set IfcMapConversion and IfcProjectedCRS (Jilin City: EPSG:4551, 1985 height datum) and export again."

IFC_PLACE: dict[str, Entry] = {
    "georeference_missing": Entry(
        "info",
        False,
        "模型没有地图坐标（{have}），无法落图。",
        "The model has no map coordinates ({have}) and cannot be placed on the map.",
        _SET_CRS,
        _SET_CRS_EN,
    ),
    "georeference_twice": Entry(
        "warning",
        False,
        "模型的地图坐标给出了 {count} 次，且互不一致（{first}）。",
        "The model states its map coordinates {count} times, and they differ ({first}).",
        "请只保留一组正确的坐标转换。",
        "Keep the one map conversion that is right.",
    ),
    "georeference_conflict": Entry(
        "warning",
        False,
        "场地经纬度与地图坐标相差约 {distance} 公里。",
        "Latitude and longitude of the site and the map coordinates are about {distance} km apart.",
        "请核对 IfcSite 经纬度、坐标系与 IfcMapConversion。",
        "Check the site's latitude and longitude, the coordinate system and IfcMapConversion.",
    ),
    "georeference_scale": Entry(
        "warning",
        False,
        "坐标转换的比例为 {scale}，按长度单位应为 {expected}。",
        "The map conversion has the scale {scale}; by the length units it should be {expected}.",
        "请按“模型单位→地图单位”填写 IfcMapConversion.Scale。",
        "Let IfcMapConversion.Scale turn units of the model into units of the map.",
    ),
    "georeference_far": Entry(
        "warning",
        False,
        "几何坐标距原点约 {distance} 公里，同时又有坐标转换，可能重复定位。",
        "The geometry lies about {distance} km from the origin and has a map conversion too: perhaps placed twice.",
        "请把大坐标只放在 IfcMapConversion 中。",
        "Keep large coordinates in IfcMapConversion only.",
    ),
    "coordinates_far": Entry(
        "info",
        False,
        "几何坐标距原点约 {distance} 公里（大坐标建模）。",
        "The geometry lies about {distance} km from the origin.",
        "请在原点附近建模，用 IfcMapConversion 定位。",
        "Model near the origin and place the model by IfcMapConversion.",
    ),
    "crs_missing": Entry(
        "warning",
        False,
        "有坐标转换而没有坐标系名称（IfcProjectedCRS.Name）。",
        "There is a map conversion but no name of a coordinate system (IfcProjectedCRS.Name).",
        _SET_CRS,
        _SET_CRS_EN,
    ),
    "crs_unknown": Entry(
        "warning",
        False,
        "坐标系“{name}”无法识别（没有 EPSG 代码）。",
        "The coordinate system {name} is not known (it has no EPSG code).",
        _SET_CRS,
        _SET_CRS_EN,
    ),
    "crs_not_projected": Entry(
        "warning",
        False,
        "坐标系 {name} 是经纬度坐标系，不是投影坐标系。",
        "The coordinate system {name} is geographic, not projected.",
        _SET_CRS,
        _SET_CRS_EN,
    ),
    "crs_foreign": Entry(
        "info",
        False,
        "坐标系 {name} 不是 CGCS2000（2000 国家大地坐标系）。",
        "The coordinate system {name} is not CGCS2000.",
        _SET_CRS,
        _SET_CRS_EN,
    ),
    "crs_wrong_zone": Entry(
        "warning",
        False,
        "坐标系 {name} 的中央经线 {meridian}° 与场地经度 {longitude}° 相差过大。",
        "The central meridian {meridian} E of {name} is too far from the site's longitude {longitude}.",
        "请选用场地所在的 3° 带（吉林市：EPSG:4551，中央经线 126°）。",
        "Take the 3-degree zone of the site (Jilin City: EPSG:4551, central meridian 126 E).",
    ),
    "storey_elevation": Entry(
        "warning",
        False,
        "有 {count} 个楼层的标高属性与其放置高度不一致（如 {first}）。",
        "Elevation and placement of {count} storeys disagree (such as {first}).",
        "请在建模软件中统一楼层标高。",
        "Make the level of the storeys agree in the authoring program.",
    ),
    "unit_twice": Entry(
        "warning",
        False,
        "模型给出了 {count} 个长度单位（{names}），按第一个读取。",
        "The model states {count} length units ({names}); the first is used.",
        "请只保留一个长度单位。",
        "Keep one length unit.",
    ),
}
