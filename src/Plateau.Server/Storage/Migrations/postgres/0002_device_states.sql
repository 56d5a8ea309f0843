-- The tail is the last eight bytes of the record's id, made sortable; the id's first
-- four bytes are the second of its time. time is in microseconds, as everywhere; time_created in milliseconds, to which
-- it is answered.
create table device_states (
    device_id bytea not null,
    time bigint not null,
    tail bigint not null,
    time_created bigint not null,
    location_id bytea not null,
    state_of_charge_percent double precision not null,
    target_state_of_charge_percent double precision not null,
    battery_power_kw double precision,
    energy_remaining_kwh double precision,
    backup_reserve_percent double precision,
    record_reference_id text collate "C",
    primary key (device_id, time, tail)
);
