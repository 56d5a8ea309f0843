-- Times are UTC, in microseconds since 1970-01-01. Ids are twelve bytes.
create table accounts (
    id blob not null primary key,
    name text not null,
    time_created integer not null,
    time_disabled integer
) without rowid;

create table account_keys (
    id blob not null primary key,
    account_id blob not null,
    live_mode integer not null,
    scope text not null,
    name text,
    secret_hash blob not null unique,
    time_created integer not null,
    last_used integer,
    time_revoked integer
) without rowid;
create index account_keys_by_account on account_keys (account_id, live_mode, id);

create table signing_keys (
    id blob not null primary key,
    secret blob not null,
    time_created integer not null
) without rowid;

create table customers (
    id blob not null primary key,
    account_id blob not null,
    live_mode integer not null,
    reference_id text,
    time_created integer not null
) without rowid;
create index customers_by_account on customers (account_id, live_mode, id);
create index customers_by_reference on customers (account_id, live_mode, reference_id, id);

create table locations (
    id blob not null primary key,
    account_id blob not null,
    live_mode integer not null,
    reference_id text,
    customer_id blob,
    timezone text not null,
    currency_code text,
    address_line1 text,
    address_line2 text,
    city text not null,
    state text,
    post_code text,
    country_code text not null,
    lat real,
    lng real,
    time_created integer not null
) without rowid;
create index locations_by_account on locations (account_id, live_mode, id);
create index locations_by_reference on locations (account_id, live_mode, reference_id, id);
create index locations_by_customer on locations (customer_id, id);

-- version grows with every change of a device but last_seen. It alone has row ids: with rows of this length the tree of a
-- table without them holds few keys a page, and a list goes through its index anyway.
create table devices (
    id blob not null primary key,
    account_id blob not null,
    live_mode integer not null,
    reference_id text,
    controlled integer not null,
    consent_information integer not null,
    consent_telemetry integer not null,
    consent_control integer not null,
    consent_geo_location integer not null,
    consents_created integer not null,
    consents_updated integer not null,
    timezone text,
    lat real,
    lng real,
    locations blob not null,
    time_created integer not null,
    last_seen integer,
    version integer not null,
    properties blob not null
);
create index devices_by_account on devices (account_id, live_mode, id);
create index devices_by_reference on devices (account_id, live_mode, reference_id, id);

create table device_locations (
    device_id blob not null,
    location_id blob not null,
    primary key (device_id, location_id)
) without rowid;
create index device_locations_by_location on device_locations (location_id, device_id);

create table consent_changes (
    device_id blob not null,
    id blob not null,
    key_id blob not null,
    time integer not null,
    consents_from integer,
    consents_to integer not null,
    primary key (device_id, id)
) without rowid;

create table erasures (
    device_id blob not null primary key,
    time_created integer not null
) without rowid;

create table audit_entries (
    account_id blob not null,
    live_mode integer not null,
    id blob not null,
    key_id blob,
    time integer not null,
    object_id text not null,
    action text not null,
    primary key (account_id, live_mode, id)
) without rowid;

create table idempotency_keys (
    account_id blob not null,
    live_mode integer not null,
    key_hash blob not null,
    request_hash blob not null,
    answer blob not null,
    time_created integer not null,
    primary key (account_id, live_mode, key_hash)
) without rowid;
create index idempotency_keys_by_time on idempotency_keys (time_created);
