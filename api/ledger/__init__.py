"""The log of every deed, and the stream of notices to browsers."""
