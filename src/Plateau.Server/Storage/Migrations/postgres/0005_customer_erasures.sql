-- Deleted customers whose locations and devices are still to be erased, in the name of the key that deleted them.
create table customer_erasures (
    customer_id bytea not null primary key,
    account_id bytea not null,
    live_mode boolean not null,
    key_id bytea not null,
    time_created bigint not null
);
