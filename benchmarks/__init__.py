"""Speed and accuracy, measured against named peers; never part of the tests."""
