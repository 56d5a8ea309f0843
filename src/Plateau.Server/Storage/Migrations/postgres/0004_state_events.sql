-- Accounts whose accepted records are being streamed, or were a quarter of an hour ago: without a break since then, in
-- microseconds.
create table state_watches (
    account_id bytea not null,
    live_mode boolean not null,
    since bigint not null,
    until bigint not null,
    primary key (account_id, live_mode)
);

-- Accepted records of those accounts, for a quarter of an hour, in the order of their transactions. A reader reads up to
-- the oldest transaction that is still open, so that none comes in behind it.
create table state_events (
    account_id bytea not null,
    live_mode boolean not null,
    transaction bigint not null,
    number bigint not null generated always as identity,
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
    primary key (account_id, live_mode, transaction, number)
);
create index state_events_by_device on state_events (device_id);
create index state_events_by_time_created on state_events (time_created);
