-- What learning systems say of activities, put together, so that one may ask what an activity is. No row is a result.

create table xapi_activity (
    activity   text collate "C" primary key check (activity ~ '^[0-9a-f]{64}$'),
    connector  text not null collate "C",
    definition text not null
);

comment on table xapi_activity is 'What statements told of activities; it speaks of courses and not of people.';
comment on column xapi_activity.activity is 'SHA-256 of its id, encrypted.';
comment on column xapi_activity.definition is 'Every member that a statement told of it, the last one counting, encrypted.';

revoke all on xapi_activity from public;
grant select, insert, update, delete on xapi_activity to meritbook_service;
