"""A name is changed where it was first defined; a new one is the whole run's."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.automation.scope import Block

NAMES = st.sampled_from("abc")


def test_an_inner_block_changes_what_the_outer_one_defined():
    outer = Block({"x": 1})
    inner = outer.inner().inner()
    inner.assign("x", 2)
    inner.assign("y", 3)
    assert outer.visible == {"x": 2, "y": 3}
    assert inner.visible == {"x": 2, "y": 3}


def test_blocks_beside_each_other_see_what_either_changes():
    outer = Block({"x": 1})
    left, right = outer.inner(apart=True), outer.inner(apart=True)
    left.inner().assign("x", 2)
    assert right.visible["x"] == 2


def test_what_a_block_apart_makes_known_stays_in_it():
    outer = Block({})
    left, right = outer.inner(apart=True), outer.inner(apart=True)
    left.inner().assign_outermost("wait", {"completed": True})
    assert left.visible["wait"] == {"completed": True}
    assert "wait" not in right.visible
    assert "wait" not in outer.visible


def test_an_inner_name_hides_the_outer_one():
    outer = Block({"x": 1})
    inner = outer.inner({"x": 5})
    inner.assign("x", 6)
    assert (outer.visible["x"], inner.visible["x"]) == (1, 6)


class Naive:
    """The same by looking outwards each time."""

    def __init__(self, values, outer=None):
        self.values = dict(values)
        self.outer = outer

    def holder(self, name):
        block = self
        while block is not None and name not in block.values:
            block = block.outer
        return block

    def assign(self, name, value):
        (self.holder(name) or self.outermost()).values[name] = value

    def outermost(self):
        return self if self.outer is None else self.outer.outermost()

    def visible(self):
        return {**(self.outer.visible() if self.outer else {}), **self.values}


@settings(suppress_health_check=[HealthCheck.too_slow])  # it measures how busy the machine is
@given(
    st.dictionaries(NAMES, st.integers()),
    st.lists(st.tuples(st.sampled_from(["enter", "assign", "leave"]), NAMES, st.integers()), max_size=30),
)
def test_it_equals_the_naive_reading(start, steps):
    blocks, naive = [Block(start)], [Naive(start)]
    for what, name, value in steps:
        if what == "enter":
            blocks.append(blocks[-1].inner({name: value}))
            naive.append(Naive({name: value}, naive[-1]))
        elif what == "assign":
            blocks[-1].assign(name, value)
            naive[-1].assign(name, value)
        elif len(blocks) > 1:
            blocks.pop()
            naive.pop()
        assert blocks[-1].visible == naive[-1].visible()
