-- The newest failed calls of an account and mode.
create table failed_requests (
    account_id blob not null,
    live_mode integer not null,
    id blob not null,
    key_id blob not null,
    method text not null,
    path text not null,
    route text,
    status integer not null,
    code text not null,
    request_id text not null,
    time_created integer not null,
    primary key (account_id, live_mode, id)
) without rowid;
create index failed_requests_by_time on failed_requests (time_created);
