-- Which parts a device has, as the bits of DeviceKinds, so that devices are counted and found by them without reading
-- their properties. Kept with the properties.
alter table devices add column kinds smallint not null default 0;
update devices d set kinds =
    case when p.json -> 'battery' is null then 0 else 1 end
    + case when p.json -> 'pv' is null then 0 else 2 end
    + case when p.json -> 'inverter' is null then 0 else 4 end
    + case when p.json -> 'ev_charger' is null then 0 else 8 end
    + case when p.json -> 'heat_pump' is null then 0 else 16 end
from (select id, convert_from(properties, 'UTF8')::json as json from devices) p
where p.id = d.id;
