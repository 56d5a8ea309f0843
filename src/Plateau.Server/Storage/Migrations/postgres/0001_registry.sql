-- Times are UTC, in microseconds since 1970-01-01. Ids are twelve bytes.
create table accounts (
    id bytea not null primary key,
    name text collate "C" not null,
    time_created bigint not null,
    time_disabled bigint
);

create table account_keys (
    id bytea not null primary key,
    account_id bytea not null,
    live_mode boolean not null,
    scope text collate "C" not null,
    name text collate "C",
    secret_hash bytea not null unique,
    time_created bigint not null,
    last_used bigint,
    time_revoked bigint
);
create index account_keys_by_account on account_keys (account_id, live_mode, id);

create table signing_keys (
    id bytea not null primary key,
    secret bytea not null,
    time_created bigint not null
);

create table customers (
    id bytea not null primary key,
    account_id bytea not null,
    live_mode boolean not null,
    reference_id text collate "C",
    time_created bigint not null
);
create index customers_by_account on customers (account_id, live_mode, id);
create index customers_by_reference on customers (account_id, live_mode, reference_id, id);

create table locations (
    id bytea not null primary key,
    account_id bytea not null,
    live_mode boolean not null,
    reference_id text collate "C",
    customer_id bytea,
    timezone text collate "C" not null,
    currency_code text collate "C",
    address_line1 text collate "C",
    address_line2 text collate "C",
    city text collate "C" not null,
    state text collate "C",
    post_code text collate "C",
    country_code text collate "C" not null,
    lat double precision,
    lng double precision,
    time_created bigint not null
);
create index locations_by_account on locations (account_id, live_mode, id);
create index locations_by_reference on locations (account_id, live_mode, reference_id, id);
create index locations_by_customer on locations (customer_id, id);

-- Room is left on each page, so that last_seen is rewritten without touching an index.
-- version grows with every change of a device but last_seen.
create table devices (
    id bytea not null primary key,
    account_id bytea not null,
    live_mode boolean not null,
    reference_id text collate "C",
    controlled boolean not null,
    consent_information boolean not null,
    consent_telemetry boolean not null,
    consent_control boolean not null,
    consent_geo_location boolean not null,
    consents_created bigint not null,
    consents_updated bigint not null,
    timezone text collate "C",
    lat double precision,
    lng double precision,
    locations bytea not null,
    time_created bigint not null,
    last_seen bigint,
    version bigint not null,
    properties bytea not null
) with (fillfactor = 85);
create index devices_by_account on devices (account_id, live_mode, id);
create index devices_by_reference on devices (account_id, live_mode, reference_id, id);

create table device_locations (
    device_id bytea not null,
    location_id bytea not null,
    primary key (device_id, location_id)
);
create index device_locations_by_location on device_locations (location_id, device_id);

create table consent_changes (
    device_id bytea not null,
    id bytea not null,
    key_id bytea not null,
    time bigint not null,
    consents_from smallint,
    consents_to smallint not null,
    primary key (device_id, id)
);

create table erasures (
    device_id bytea not null primary key,
    time_created bigint not null
);

create table audit_entries (
    account_id bytea not null,
    live_mode boolean not null,
    id bytea not null,
    key_id bytea,
    time bigint not null,
    object_id text collate "C" not null,
    action text collate "C" not null,
    primary key (account_id, live_mode, id)
);

create table idempotency_keys (
    account_id bytea not null,
    live_mode boolean not null,
    key_hash bytea not null,
    request_hash bytea not null,
    answer bytea not null,
    time_created bigint not null,
    primary key (account_id, live_mode, key_hash)
);
create index idempotency_keys_by_time on idempotency_keys (time_created);
