-- Boards as webhooks were last told of them, so that a change of the shown places is an event.

create table webhook_board (
    webhook  text   not null collate "C" references webhook on delete cascade,
    plan     text   not null collate "C",
    board    text   not null collate "C",
    period   text   not null collate "C",
    places   jsonb  not null check (jsonb_typeof(places) = 'object'),
    position bigint not null,
    primary key (webhook, plan, board)
);

comment on table webhook_board is 'What a webhook was last told of a board. No row is a result.';
comment on column webhook_board.places is 'By employee, the place of whom it is told about, as shown then.';
comment on column webhook_board.position is 'Up to which fact they stood so.';

revoke all on webhook_board from public;
grant select, insert, update, delete on webhook_board to meritbook_service;
