"""Freed memory goes back where the C library can do it, and nothing happens elsewhere."""

import ctypes

import pytest

from pipeline.readers.dxf.columns import freed


@pytest.fixture(autouse=True)
def _fresh():
    freed._trim.cache_clear()
    yield
    freed._trim.cache_clear()


@pytest.mark.parametrize("error", [TypeError("Windows: a name is needed"), OSError("no library")])
def test_nothing_is_done_where_there_is_no_glibc(monkeypatch, error):
    def refuse(name):
        raise error

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    freed.give_back()
    assert freed._trim() is None


def test_nothing_is_done_where_the_library_cannot_trim(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    freed.give_back()
    assert freed._trim() is None


def test_the_c_library_is_asked_to_trim(monkeypatch):
    asked = []

    class Library:
        malloc_trim = staticmethod(asked.append)

    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library)
    freed.give_back()
    assert asked == [0]
