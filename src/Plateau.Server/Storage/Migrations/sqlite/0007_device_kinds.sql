-- Which parts a device has, as the bits of DeviceKinds, so that devices are counted and found by them without reading
-- their properties. Kept with the properties.
alter table devices add column kinds integer not null default 0;
update devices set kinds =
    (json_type(cast(properties as text), '$.battery') is not null)
    + 2 * (json_type(cast(properties as text), '$.pv') is not null)
    + 4 * (json_type(cast(properties as text), '$.inverter') is not null)
    + 8 * (json_type(cast(properties as text), '$.ev_charger') is not null)
    + 16 * (json_type(cast(properties as text), '$.heat_pump') is not null);
