-- The newest failed calls of an account and mode.
create table failed_requests (
    account_id bytea not null,
    live_mode boolean not null,
    id bytea not null,
    key_id bytea not null,
    method text collate "C" not null,
    path text collate "C" not null,
    route text collate "C",
    status smallint not null,
    code text collate "C" not null,
    request_id text collate "C" not null,
    time_created bigint not null,
    primary key (account_id, live_mode, id)
);
create index failed_requests_by_time on failed_requests (time_created);
