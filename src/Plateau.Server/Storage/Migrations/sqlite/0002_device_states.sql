-- Clustered by device and time. The tail is the last eight bytes of the record's id, made sortable; the id's first
-- four bytes are the second of its time. time is in microseconds, as everywhere; time_created in milliseconds, to which
-- it is answered.
create table device_states (
    device_id blob not null,
    time integer not null,
    tail integer not null,
    time_created integer not null,
    location_id blob not null,
    state_of_charge_percent real not null,
    target_state_of_charge_percent real not null,
    battery_power_kw real,
    energy_remaining_kwh real,
    backup_reserve_percent real,
    record_reference_id text,
    primary key (device_id, time, tail)
) without rowid;
