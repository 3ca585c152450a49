-- Tags of new facts wait longer before they are sorted into their index: all at once costs half of what a few at a time do.
-- As every look for a tag reads what waits, whoever looks for many has it sorted in first, and so does a follower at rest.

create function journal_sort_in() returns void language plpgsql security definer as $$
begin
    perform gin_clean_pending_list(i.indexrelid)
    from pg_index i join pg_inherits h on h.inhrelid = i.indexrelid
    where h.inhparent = 'journal_by_tag'::regclass and i.indrelid in (
        select to_regclass('journal_' || p.number) from journal_part p order by p.number desc limit 3
    );
end $$;

comment on function journal_sort_in is
    'Sorts into their index the tags of facts that wait for it, of the last partitions; with the rights of the owner.';

create or replace function journal_extend() returns void language plpgsql security definer
-- The next partition is made long before it is needed; whoever is in the way shall not make a fact wait.
set lock_timeout = '50ms' as $$
declare
    last journal_part;
    made int;
begin
    select p.* into strict last from journal_part p order by p.number desc limit 1;
    if not exists (select from journal j where j.position > last.after) then
        return;
    end if;
    made := last.number + 1;
    perform journal_part_made('journal_' || made);
    execute format(
        'create index on %I using gin (tags) with (gin_pending_list_limit = 512)', 'journal_' || made
    );
    execute format(
        'alter table journal attach partition %I for values from (%s) to (%s)',
        'journal_' || made, last.upto + 1, last.upto + (last.upto - last.after) + 1
    );
    insert into journal_part (number, after, upto)
    values (made, last.upto, last.upto + (last.upto - last.after));
exception when lock_not_available then
    raise log 'the next partition of %.journal is made later: a lock is held', current_schema();
end $$;

do $$
declare
    name text;
begin
    foreach name in array array['journal_extend()', 'journal_sort_in()'] loop
        execute format('alter function %s set search_path = %I, pg_temp', name, current_schema());
    end loop;
    for name in select h.inhrelid::regclass::text from pg_inherits h where h.inhparent = 'journal_by_tag'::regclass loop
        execute format('alter index %s set (gin_pending_list_limit = 512)', name);
    end loop;
end $$;

revoke all on function journal_sort_in() from public;
grant execute on function journal_sort_in() to meritbook_service;
