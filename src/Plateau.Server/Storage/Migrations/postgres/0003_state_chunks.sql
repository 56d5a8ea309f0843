-- Past records of a device and UTC day, packed; latest is a chunk of those of its last time alone. Both are stored as
-- they are: they have been compressed already. A partition is a month, made when its first record comes: erasing what is
-- past its retention then empties whole files. Records at or before devices.chunked_until, in microseconds, may be in
-- chunks; newer ones are rows of device_states.
create table state_chunks (
    device_id bytea not null,
    day integer not null,
    first_time bigint not null,
    last_time bigint not null,
    records integer not null,
    latest bytea not null,
    data bytea not null,
    primary key (device_id, day)
) partition by range (day);
alter table state_chunks alter column data set storage external;

alter table devices add column chunked_until bigint;

alter table accounts add column retention_days integer;

-- Work that one process at a time does; until is in microseconds of the store's clock.
create table leases (
    name text collate "C" not null primary key,
    holder bytea not null,
    until bigint not null
);

-- Ranges of a device's records to be erased: those accepted up to time_created.
create table range_erasures (
    device_id bytea not null,
    time_created bigint not null,
    start_time bigint not null,
    end_time bigint not null,
    primary key (device_id, time_created, start_time, end_time)
);
