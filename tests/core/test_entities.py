"""Entities get ids by Home Assistant's rules and keep them; what they write is what people see."""

from __future__ import annotations

import pytest

from hub.core.entities import EntityInfo
from hub.core.errors import HubError
from hub.core.registries import DeviceInfo
from hub.core.slugs import slugify

PLUG = DeviceInfo(identifiers=frozenset({("mqtt", "plug1")}), name="Plug")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Living Room", "living_room"),
        ("Küche 2", "kuche_2"),
        ("Температура", "temperatura"),
        ("a--b__c", "a_b_c"),
        ("!!!", "unknown"),
        ("", ""),
    ],
)
def test_names_become_slugs(text, slug):
    assert slugify(text) == slug


def test_the_id_comes_from_device_and_name(entities):
    entity = entities.add(EntityInfo("sensor", "mqtt", "u1", name="Power", device=PLUG))
    assert entity.entity_id == "sensor.plug_power"
    entity.write("5")
    assert entities.states.get("sensor.plug_power").attributes["friendly_name"] == "Plug Power"


def test_no_name_means_the_devices_name_alone(entities):
    entity = entities.add(EntityInfo("switch", "mqtt", "u1", device=PLUG))
    assert entity.entity_id == "switch.plug"
    assert entity.full_name == "Plug"


def test_a_taken_id_gets_a_number(entities):
    ids = [entities.add(EntityInfo("sensor", "mqtt", name="T")).entity_id for _ in range(3)]
    assert ids == ["sensor.t", "sensor.t_2", "sensor.t_3"]


def test_an_entity_comes_back_under_its_old_id(entities):
    first = entities.add(EntityInfo("sensor", "mqtt", "u1", name="Old name"))
    first.remove()
    again = entities.add(EntityInfo("sensor", "mqtt", "u1", name="New name"))
    assert again.entity_id == "sensor.old_name"


def test_a_unique_id_lives_once(entities):
    entities.add(EntityInfo("sensor", "mqtt", "u1", name="A"))
    with pytest.raises(HubError, match=r"already used by sensor\.a"):
        entities.add(EntityInfo("sensor", "mqtt", "u1", name="B"))


def test_unavailable_hides_the_state_but_keeps_what_does_not_depend_on_it(entities):
    info = EntityInfo("select", "mqtt", name="Mode", attributes={"options": ["a", "b"]})
    entity = entities.add(info)
    entity.write("a", {"since": 1})
    entity.set_available(False)
    state = entities.states.get("select.mode")
    assert state.state == "unavailable"
    assert dict(state.attributes) == {"options": ["a", "b"], "friendly_name": "Mode"}
    entity.set_available(True)
    assert entities.states.get("select.mode").attributes["since"] == 1


def test_what_is_disabled_by_default_is_registered_but_shows_nothing(entities, registry):
    entity = entities.add(EntityInfo("sensor", "mqtt", "u1", name="Link", enabled_by_default=False))
    entity.write("5")
    assert entities.states.get(entity.entity_id) is None
    assert registry.get("sensor.link").disabled_by == "integration"


def test_devices_are_one_when_they_share_an_identifier_or_a_connection(devices):
    first = devices.add(DeviceInfo(identifiers=frozenset({("mqtt", "a")}), name="A"))
    mac = frozenset({("mac", "00:11")})
    second = devices.add(DeviceInfo(identifiers=frozenset({("mqtt", "a")}), connections=mac))
    third = devices.add(DeviceInfo(connections=mac, model="X"))
    assert first.id == second.id == third.id
    assert (third.name, third.model) == ("A", "X")


def test_a_device_may_be_told_of_before_the_one_it_is_behind(devices):
    child = devices.add(DeviceInfo(identifiers=frozenset({("mqtt", "child")}), via_device=("mqtt", "bridge")))
    bridge = devices.add(DeviceInfo(identifiers=frozenset({("mqtt", "bridge")}), name="Bridge"))
    assert child.via_device_id == bridge.id
