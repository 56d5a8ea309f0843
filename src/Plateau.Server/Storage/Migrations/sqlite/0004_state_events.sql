-- Accounts whose accepted records are being streamed, or were a quarter of an hour ago: without a break since then, in
-- microseconds.
create table state_watches (
    account_id blob not null,
    live_mode integer not null,
    since integer not null,
    until integer not null,
    primary key (account_id, live_mode)
) without rowid;

-- Accepted records of those accounts, for a quarter of an hour, in the order of their acceptance. A number is not used
-- again, so that a reader never takes a new record for one it has had.
create table state_events (
    number integer primary key autoincrement,
    account_id blob not null,
    live_mode integer not null,
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
    record_reference_id text
);
create index state_events_by_account on state_events (account_id, live_mode, number);
create index state_events_by_device on state_events (device_id);
create index state_events_by_time_created on state_events (time_created);
