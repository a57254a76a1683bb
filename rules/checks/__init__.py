"""The rules, one file each: <group>/<code>_<sentence>.py; `rules.catalogue` lists them."""
