"""DXF R12 to R2018, ASCII and binary, through ezdxf under limits of ours."""
