-- Past records of a device and UTC day, packed; latest is a chunk of those of its last time alone. Records at or before
-- devices.chunked_until, in microseconds, may be in chunks; newer ones are rows of device_states.
create table state_chunks (
    device_id blob not null,
    day integer not null,
    first_time integer not null,
    last_time integer not null,
    records integer not null,
    latest blob not null,
    data blob not null,
    primary key (device_id, day)
) without rowid;

alter table devices add column chunked_until integer;

alter table accounts add column retention_days integer;

-- Ranges of a device's records to be erased: those accepted up to time_created.
create table range_erasures (
    device_id blob not null,
    time_created integer not null,
    start_time integer not null,
    end_time integer not null,
    primary key (device_id, time_created, start_time, end_time)
) without rowid;
