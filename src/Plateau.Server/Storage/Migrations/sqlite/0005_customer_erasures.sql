-- Deleted customers whose locations and devices are still to be erased, in the name of the key that deleted them.
create table customer_erasures (
    customer_id blob not null primary key,
    account_id blob not null,
    live_mode integer not null,
    key_id blob not null,
    time_created integer not null
) without rowid;
