-- A chunk is larger than the quarter of a page that a table without rowid keeps of a row, and there each comparison on
-- the way to a key reads the whole row from its overflow pages. A table with rowid looks keys up in an index of their own
-- and fills its pages with up to a whole page of a row. No constraint or column changes.
create table state_chunks_with_rowid (
    device_id blob not null,
    day integer not null,
    first_time integer not null,
    last_time integer not null,
    records integer not null,
    latest blob not null,
    data blob not null,
    primary key (device_id, day)
);
insert into state_chunks_with_rowid (device_id, day, first_time, last_time, records, latest, data)
    select device_id, day, first_time, last_time, records, latest, data from state_chunks order by device_id, day;
drop table state_chunks;
alter table state_chunks_with_rowid rename to state_chunks;
